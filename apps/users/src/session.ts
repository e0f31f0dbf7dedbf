import { createHash, createHmac, randomBytes, randomUUIDv7 } from 'node:crypto';

/** How long a refresh token is good for when nobody uses it. */
export const REFRESH_TOKEN_DAYS = 30;

/** A refresh token as its holder knows it, and what is kept of it. */
export interface RefreshToken {
  readonly secret: string;
  readonly hash: Buffer;
  readonly expiresAt: Date;
}

export const newSessionId = (): string => randomUUIDv7();

/** A new opaque token of 256 random bits. */
export const issueRefreshToken = (now = Date.now()): RefreshToken =>
  tokenOf(randomBytes(32).toString('base64url'), now);

/**
 * The one successor of a token. The same token and salt give the same successor, so that a client that lost
 * the answer gets it again; the salt alone, which is all that is stored, gives nothing.
 */
export const successorOf = (secret: string, salt: Buffer, now = Date.now()): RefreshToken =>
  tokenOf(createHmac('sha256', secret).update(salt).digest('base64url'), now);

export const newSalt = (): Buffer => randomBytes(32);

const tokenOf = (secret: string, now: number): RefreshToken => ({
  secret,
  hash: hashOf(secret),
  expiresAt: new Date(now + REFRESH_TOKEN_DAYS * 86_400_000),
});

/** Enough for a random secret: there is nothing to guess, so nothing to slow down. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
