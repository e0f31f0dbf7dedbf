import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Global, Module } from '@nestjs/common';
import { type Contract, Failure, GetSigningKeys, unavailable } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { runService, TRANSPORT } from '@caravan/platform';
import type { FastifyServerOptions } from 'fastify';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { gatewayEnv } from '../src/gateway.env.ts';
import { controllers, providers } from '../src/gateway.module.ts';
import { configureServer, serverOptions } from '../src/server.ts';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (seen: Seen, response: ServerResponse) => void;

const ok: Answer = (_seen, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
};

/** A BFF that answers what it is told to and remembers what it was asked. */
async function startUpstream() {
  const seen: Seen[] = [];
  const state = { answer: ok };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const entry = { method: request.method!, url: request.url!, headers: request.headers, body };
      seen.push(entry);
      state.answer(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return {
    url,
    seen,
    answerWith: (answer: Answer) => void (state.answer = answer),
    reset: () => void (seen.splice(0), (state.answer = ok)),
    stop,
  };
}

/** The services behind the message bus, played by plain functions. */
class FakeServices {
  readonly asked: { type: string; data: unknown }[] = [];
  readonly answers = new Map<string, (data: never) => unknown>();

  async ask({ type }: Contract, data: unknown): Promise<unknown> {
    this.asked.push({ type, data });
    const answer = this.answers.get(type);
    if (answer === undefined) throw unavailable(type);
    return answer(data as never);
  }

  /** From now on this is the answer; a Failure is thrown. */
  when({ type }: Pick<Contract, 'type'>, answer: object): void {
    this.answers.set(type, () => {
      if (answer instanceof Failure) throw answer;
      return answer;
    });
  }

  times = ({ type }: Pick<Contract, 'type'>) => this.asked.filter((each) => each.type === type).length;
}

export interface TokenChange {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}

/** A gateway on a real port, between a fake BFF and fake services. `fastify` shortens what tests would wait for. */
export async function startDoor(env: Record<string, string> = {}, fastify: FastifyServerOptions = {}) {
  const upstream = await startUpstream();
  const services = new FakeServices();
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', use: 'sig', alg: 'EdDSA' };
  services.when(GetSigningKeys, { keys: [jwk] });

  @Global()
  @Module({
    providers: [
      { provide: MessageClient, useValue: services },
      { provide: TRANSPORT, useValue: null },
    ],
    exports: [MessageClient, TRANSPORT],
  })
  class FakeMessagingModule {}

  @Module({ imports: [FakeMessagingModule], controllers, providers })
  class DoorModule {}

  const source = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    PORT: '0',
    RABBITMQ_URL: 'amqp://nowhere',
    BFF_WEB_URL: upstream.url,
    BFF_MOBILE_URL: upstream.url,
    SHUTDOWN_GRACE_MS: '5000',
    DRAIN_LINGER_MS: '20',
    ...env,
  };
  const service = await runService(DoorModule, gatewayEnv, {
    fastify: { ...serverOptions, ...fastify },
    configure: configureServer,
    source,
  });
  const { port } = service.app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const token = ({ claims = {}, header = {}, key = pair.privateKey }: TokenChange = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, exp: now + 600 };
    const all = {
      iss: 'caravan',
      aud: 'caravan',
      sub: 'c1',
      jti: 'j1',
      roles: ['customer'],
      ...times,
      ...claims,
    };
    return new SignJWT(all as never)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1', ...header } as never)
      .sign(key, { crit: { strange: true } });
  };

  return {
    url,
    port,
    upstream,
    services,
    service,
    jwk,
    token,
    fetch: (path: string, init?: RequestInit) => fetch(url + path, init),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    raw: (text: string | Buffer) => raw(port, text),
    stop: async () => {
      await service.stop();
      await upstream.stop();
    },
  };
}

export type Door = Awaited<ReturnType<typeof startDoor>>;

/** Sends bytes as they are and gives back all that comes until the other side closes, and whether it did. */
export function raw(
  port: number,
  text: string | Buffer,
  quietMs = 5_000,
): Promise<{ answer: string; closed: boolean }> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ answer, closed });
    };
    socket.setTimeout(quietMs, () => end(false));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => end(true));
    socket.on('error', () => end(true));
  });
}
