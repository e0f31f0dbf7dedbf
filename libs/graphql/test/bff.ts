import { jest } from '@jest/globals';
import {
  type Contract,
  type DataOf,
  Failure,
  GetSigningKeys,
  type ReplyOf,
  type Role,
} from '@caravan/contracts';
import { MESSAGE_TRANSPORT } from '@caravan/messaging';
import { Lifecycle, PlatformModule } from '@caravan/platform';
import type { Type } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { GraphQLSchema } from 'graphql';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { DocumentCache } from '../src/document-cache.ts';

const ISSUER = 'caravan';
const AUDIENCE = 'caravan';

type AnyContract = Contract<never, unknown> | Contract;
type Answer<C> = ReplyOf<C> | Failure | Error | ((data: DataOf<C>) => ReplyOf<C> | Failure);

/** What a GraphQL request came back with. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: any;
  readonly extensions?: Record<string, unknown>;
  readonly errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

/** A BFF in this process, over real HTTP, with services whose answers the test writes. */
export class Bff {
  /** Every request that reached a service: its wire name and its data, in order. */
  readonly asked: { type: string; data: any; trace: string; ttl: number }[] = [];
  private readonly answers = new Map<string, Answer<any>>();

  private constructor(
    private readonly app: NestFastifyApplication,
    readonly url: string,
    private readonly sign: (id: string, roles: readonly Role[], ageSeconds?: number) => Promise<string>,
  ) {}

  static async start(module: Type, env: Readonly<Record<string, string>> = {}): Promise<Bff> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' };
    let bff: Bff | undefined;
    const transport = {
      request: (service: string, request: { type: string; data: unknown; trace: string }, ttl: number) =>
        bff!.request(service, request, ttl),
      close: async () => undefined,
    };
    const settings = { NODE_ENV: 'test', RABBITMQ_URL: 'amqp://nowhere', ISSUER, ...env } as never;
    const testing = await Test.createTestingModule({
      imports: [PlatformModule.for('bff', settings, new Lifecycle()), module],
    })
      .overrideProvider(MESSAGE_TRANSPORT)
      .useValue(transport)
      .compile();
    const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
      logger: ['fatal'],
    });
    await app.listen(0, '127.0.0.1');
    const sign = (id: string, roles: readonly Role[], ageSeconds = 0) => {
      const issuedAt = Math.floor(Date.now() / 1000) - ageSeconds;
      return new SignJWT({ roles: [...roles] })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'test' })
        .setSubject(id)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + 600)
        .sign(privateKey);
    };
    bff = new Bff(app, await app.getUrl(), sign);
    bff.on(GetSigningKeys, { keys: [jwk] });
    return bff;
  }

  /** From now on, this is what the service answers. */
  on<C extends AnyContract>(contract: C, answer: Answer<C>): this {
    this.answers.set(contract.type, answer);
    return this;
  }

  /** Forgets what was asked, and every answer but the signing keys'. */
  reset(): void {
    this.asked.length = 0;
    for (const type of this.answers.keys()) if (type !== GetSigningKeys.type) this.answers.delete(type);
  }

  token(id: string, ...roles: Role[]): Promise<string> {
    return this.sign(id, roles.length > 0 ? roles : ['customer']);
  }

  /** A token that was good and ran out a minute ago. */
  expiredToken(id: string): Promise<string> {
    return this.sign(id, ['customer'], 660);
  }

  get schema(): GraphQLSchema {
    return this.app.get(GraphQLSchemaHost, { strict: false }).schema;
  }

  async query(query: string, variables?: object, token?: string, headers?: object): Promise<Answered> {
    return this.post(JSON.stringify({ query, variables }), {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    });
  }

  async post(body: string, headers: Record<string, string>): Promise<Answered> {
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body });
    return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
  }

  stop(): Promise<void> {
    return this.app.close();
  }

  private async request(
    service: string,
    request: { type: string; data: unknown; trace: string },
    ttl: number,
  ) {
    this.asked.push({ ...request, ttl });
    const answer = this.answers.get(request.type);
    if (answer === undefined)
      throw new Error(`${service} was asked ${request.type}, which the test does not answer`);
    const reply = typeof answer === 'function' ? answer(request.data) : answer;
    if (reply instanceof Failure) return { id: '', failure: reply.toData() };
    if (reply instanceof Error) throw reply;
    return { id: '', data: reply };
  }
}

/** From now on, every document that is kept for the next time it is asked. */
export const documentsKept = () => jest.spyOn(DocumentCache.prototype, 'set');
