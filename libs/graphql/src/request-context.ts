import { type Contract, type DataOf, Failure, type ReplyOf } from '@caravan/contracts';
import {
  bearerToken,
  type Caller,
  ExpiredToken,
  type TokenVerifier,
  UNAUTHENTICATED,
} from '@caravan/platform';
import type { MessageClient } from '@caravan/messaging';
import { type ExecutionResult, GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { Loaders } from './loaders.ts';
import { read } from './read.ts';

export const unauthenticated = (message = 'Sign in first.'): Failure => new Failure(UNAUTHENTICATED, message);

/** One GraphQL request: who asks, what was loaded for it, and which parts of the answer are missing. */
export class RequestContext {
  /** Who asks; set by the guard, absent on public fields asked without a token. */
  caller: Caller | undefined;
  /** What a compiled operation came to: Apollo adds the errors' form and does not execute it again. */
  executed: ExecutionResult | undefined;
  private identity: Promise<Caller | undefined> | undefined;
  private ownLoaders: Loaders | undefined;
  private gaps: GraphQLError[] | undefined;

  constructor(
    readonly client: MessageClient,
    private readonly verifier: TokenVerifier,
    private readonly authorization: string | undefined,
  ) {}

  get hasToken(): boolean {
    return this.authorization !== undefined;
  }

  /**
   * Verifies the token, once a request.
   * @returns nobody when there is no token
   * @throws ExpiredToken for one that ran out; Failure `caravan.unauthenticated` for a bad one, `caravan.unavailable` while no key was ever seen
   */
  identify(): Promise<Caller | undefined> {
    return (this.identity ??= this.verify());
  }

  /** Whether the request came with a token that ran out. */
  async hasExpiredToken(): Promise<boolean> {
    if (!this.hasToken) return false;
    return this.identify().then(
      () => false,
      (error: unknown) => error instanceof ExpiredToken,
    );
  }

  /**
   * The caller for public fields that show more to customers: undefined without a token, and with one that ran out.
   * @throws Failure `caravan.unavailable` while no token can be verified
   */
  async customerOrGuest(): Promise<Caller | undefined> {
    try {
      return await this.identify();
    } catch (error) {
      if (error instanceof ExpiredToken) return undefined;
      throw error;
    }
  }

  /**
   * Who asks, for fields that are public in part.
   * @throws Failure `caravan.unauthenticated`, `caravan.unavailable` while no token can be verified
   */
  async signedIn(): Promise<Caller> {
    this.caller ??= await this.identify();
    if (!this.caller) throw unauthenticated();
    return this.caller;
  }

  /** The id of whoever asks. Behind the guard there always is one. */
  get customerId(): string {
    if (!this.caller) throw unauthenticated();
    return this.caller.id;
  }

  /** Asks a service for something that changes nothing; see `read`. */
  read<C extends Contract<never, unknown> | Contract>(contract: C, data: DataOf<C>): Promise<ReplyOf<C>> {
    return read(this.client, contract, data);
  }

  /** What this request has loaded; never shared with another request. */
  get loaders(): Loaders {
    return (this.ownLoaders ??= new Loaders(this.client, () => this.customerId));
  }

  /** Errors beside the data, for parts that the schema does not let be null. */
  get missing(): readonly GraphQLError[] {
    return this.gaps ?? [];
  }

  /**
   * Answers `instead` for a part that cannot be had at the moment, and says so in the answer's errors: for fields
   * whose type is not null, where an error would take the whole object with it.
   */
  async orMissing<T>(part: Promise<T>, instead: T, info: GraphQLResolveInfo): Promise<T> {
    try {
      return await part;
    } catch (error) {
      const path: (string | number)[] = [];
      for (let at: typeof info.path | undefined = info.path; at; at = at.prev) path.unshift(at.key);
      const originalError = error instanceof Error ? error : new Error(String(error));
      const gap = new GraphQLError(originalError.message, { nodes: info.fieldNodes, path, originalError });
      (this.gaps ??= []).push(gap);
      return instead;
    }
  }

  /** The same for a part of the query itself, where it has others beside it; alone, its error is the answer. */
  orEmpty<T>(part: Promise<T>, empty: T, info: GraphQLResolveInfo): Promise<T> {
    const alone = info.operation.selectionSet.selections.length === 1;
    return alone ? part : this.orMissing(part, empty, info);
  }

  private async verify(): Promise<Caller | undefined> {
    if (!this.hasToken) return undefined;
    const token = bearerToken(this.authorization!);
    if (!token)
      throw unauthenticated('The Authorization header must be "Bearer", a space and an access token.');
    return this.verifier.verify(token);
  }
}
