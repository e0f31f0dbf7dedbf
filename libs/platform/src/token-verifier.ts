import { Failure, role, type Role, unavailable } from '@caravan/contracts';
import { importJWK, type CryptoKey, errors, type JWK, jwtVerify } from 'jose';

/** Who is asking, as their access token says. */
export interface Caller {
  /** The token's `sub`. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** Epoch milliseconds at which the token ends. */
  readonly expiresAt: number;
}

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Signature algorithms that are believed; EdDSA alone unless told otherwise. */
  readonly algorithms?: readonly string[];
  /** Seconds since `iat` after which a token is refused whatever its `exp` says. */
  readonly maxTokenAgeSeconds?: number;
  /** Milliseconds after which the keys are asked for again, behind the requests: so long a withdrawn key is believed. */
  readonly refreshKeysMs?: number;
  /** Milliseconds between two attempts to fetch keys, whoever asks: a flood of unknown `kid`s costs one fetch. */
  readonly cooldownMs?: number;
  /** How many verified tokens are remembered. */
  readonly remember?: number;
}

/** The code of every refused token. */
export const UNAUTHENTICATED = 'caravan.unauthenticated';

/** A token that was ours and good until it ran out: its bearer is anonymous, but not an impostor. */
export class ExpiredToken extends Failure {
  constructor(cause?: unknown) {
    super(UNAUTHENTICATED, 'The access token has expired. Refresh it or sign in again.', undefined, {
      cause,
    });
  }
}

const MAX_TOKEN_LENGTH = 8192;
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Verifies access tokens (RFC 9068: `typ: at+jwt`) against a set of public keys and remembers those that passed until
 * they expire, because a signature costs ten times what the rest of a request's entry does.
 *
 * Keys are fetched when first needed and renewed in the background. Old ones serve on while the source is down.
 */
export class TokenVerifier {
  private readonly options: Required<TokenVerifierOptions>;
  private readonly verified = new Map<string, Caller>();
  private keys: ReadonlyMap<string, CryptoKey> | undefined;
  private fetchedAt = 0;
  private triedAt = -Infinity;
  private fetching: Promise<void> | undefined;

  /** @param fetchKeys asks for the JWK set; may fail, and may answer junk */
  constructor(
    private readonly fetchKeys: () => Promise<{ keys: readonly object[] }>,
    options: TokenVerifierOptions,
  ) {
    this.options = {
      algorithms: ['EdDSA'],
      maxTokenAgeSeconds: 3600,
      refreshKeysMs: 10_000,
      cooldownMs: 10_000,
      remember: 10_000,
      ...options,
    };
  }

  /** The caller of a token that has been verified before and has not expired; costs no signature and no wait. */
  remembered(token: string): Caller | undefined {
    this.renewInBackground();
    const caller = this.verified.get(token);
    if (caller === undefined || caller.expiresAt <= Date.now()) return undefined;
    this.verified.delete(token);
    // Back to the young end: the map's order is the order of use.
    this.verified.set(token, caller);
    return caller;
  }

  /**
   * @returns who the token speaks for
   * @throws ExpiredToken for a token of ours that ran out
   * @throws Failure `caravan.unauthenticated` for a token that must not be believed
   * @throws Failure `caravan.unavailable` when there has never been a key to check it with
   */
  async verify(token: string): Promise<Caller> {
    const caller = this.remembered(token);
    if (caller !== undefined) return caller;
    // Clients go on with a token that ran out; its signature is not checked each time.
    const known = this.verified.get(token);
    if (known !== undefined && known.expiresAt + CLOCK_TOLERANCE_SECONDS * 1000 <= Date.now())
      throw new ExpiredToken();
    return this.check(token);
  }

  private async check(token: string): Promise<Caller> {
    if (token.length > MAX_TOKEN_LENGTH) throw refused('The access token is too long.');
    if (this.keys === undefined) await this.fetch();
    if (this.keys === undefined) throw unavailable('Signing in');
    const { issuer, audience, algorithms, maxTokenAgeSeconds } = this.options;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, (header) => this.keyFor(header.kid), {
        issuer,
        audience,
        algorithms: [...algorithms],
        typ: 'at+jwt',
        requiredClaims: ['sub', 'exp', 'jti', 'iat'],
        maxTokenAge: maxTokenAgeSeconds,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      if (!payload.sub || !payload.jti) throw refused('The access token names nobody.');
      const caller = { id: payload.sub, roles: rolesOf(payload.roles), expiresAt: payload.exp! * 1000 };
      // The key may have been withdrawn while the signature was checked.
      if (this.keys.has(protectedHeader.kid!)) this.remember(token, caller);
      return caller;
    } catch (error) {
      if (error instanceof Failure) throw error;
      // Thrown after the signature, the issuer and the audience were found good.
      if (error instanceof errors.JWTExpired) throw this.expired(token, error);
      throw refused('The access token is not valid.', error);
    }
  }

  private expired(token: string, error: errors.JWTExpired): ExpiredToken {
    const { sub, exp } = error.payload;
    if (error.claim === 'exp') this.remember(token, { id: sub!, roles: [], expiresAt: exp! * 1000 });
    return new ExpiredToken(error);
  }

  private async keyFor(kid: string | undefined): Promise<CryptoKey> {
    if (kid === undefined) throw refused('The access token does not say which key signed it.');
    if (!this.keys?.has(kid)) await this.fetch();
    const key = this.keys?.get(kid);
    if (key === undefined) throw refused('The access token is signed with an unknown key.');
    return key;
  }

  private remember(token: string, caller: Caller): void {
    this.verified.set(token, caller);
    for (const oldest of this.verified.keys()) {
      if (this.verified.size <= this.options.remember) break;
      this.verified.delete(oldest);
    }
  }

  private renewInBackground(): void {
    if (this.keys !== undefined && performance.now() - this.fetchedAt > this.options.refreshKeysMs)
      void this.fetch();
  }

  /** At most one fetch at a time and one a cool-down; never throws, the keys at hand stay when it fails. */
  private async fetch(): Promise<void> {
    if (this.fetching === undefined) {
      if (performance.now() - this.triedAt < this.options.cooldownMs) return;
      this.triedAt = performance.now();
      this.fetching = this.load().finally(() => {
        this.fetching = undefined;
      });
    }
    await this.fetching;
  }

  private async load(): Promise<void> {
    const answer = await this.fetchKeys().catch(() => undefined);
    if (!Array.isArray(answer?.keys)) {
      // Nobody can sign in without a key: ask again with the next token instead of after the cool-down.
      if (this.keys === undefined) this.triedAt = -Infinity;
      return;
    }
    const keys = new Map<string, CryptoKey>();
    for (const jwk of answer.keys as JWK[]) {
      const key = await importPublic(jwk);
      if (key !== undefined) keys.set(jwk.kid!, key);
    }
    if (keys.size === 0) return;
    this.fetchedAt = performance.now();
    // A key that was withdrawn takes with it what it has signed.
    for (const kid of this.keys?.keys() ?? []) if (!keys.has(kid)) this.verified.clear();
    this.keys = keys;
  }
}

async function importPublic(jwk: JWK): Promise<CryptoKey | undefined> {
  if (typeof jwk?.kid !== 'string' || jwk.kty === 'oct' || (jwk.use ?? 'sig') !== 'sig') return undefined;
  try {
    // Whatever else a source sends along, a private part is never taken in.
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicPart } = jwk;
    publicPart.alg ??= publicPart.crv === 'Ed25519' ? 'EdDSA' : undefined;
    const key = await importJWK(publicPart as JWK);
    return key instanceof Uint8Array ? undefined : key;
  } catch {
    return undefined;
  }
}

const rolesOf = (claim: unknown): Role[] =>
  Array.isArray(claim) ? claim.filter((value): value is Role => role.safeParse(value).success) : [];

const refused = (message: string, cause?: unknown): Failure =>
  new Failure(UNAUTHENTICATED, message, undefined, { cause });
