import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';

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
export function issueRefreshToken(now = Date.now()): RefreshToken {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashOf(secret), expiresAt: new Date(now + REFRESH_TOKEN_DAYS * 86_400_000) };
}

/** Enough for a random secret: there is nothing to guess, so nothing to slow down. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
