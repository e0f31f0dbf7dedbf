const MINUTE = 60_000;
const DAY = 86_400_000;

/** How long a key signs. */
export const SIGNS_FOR = 30 * DAY;
/** How long before its first signature a key is published: longer than any verifier keeps its keys without asking. */
export const ANNOUNCED_FOR = 20 * MINUTE;
/** How long after its last signature a key stays published: longer than any access token lives. */
export const OUTLIVES_ITS_TOKENS_BY = 60 * MINUTE;

/** When a key begins to sign, and when it is to be gone. Instants in epoch milliseconds. */
export interface SigningPeriod {
  readonly signsFrom: number;
  readonly expiresAt: number;
}

/**
 * The newest key whose time has come. When the clock was set back and none has, the first that will: it is published as well.
 * Undefined when every key has expired.
 */
export function signerAmong<K extends SigningPeriod>(keys: readonly K[], now: number): K | undefined {
  const living = published(keys, now).toSorted((a, b) => a.signsFrom - b.signsFrom);
  return living.findLast((key) => key.signsFrom <= now) ?? living[0];
}

/** Every key that some living token may be signed with, or will be soon. */
export const published = <K extends SigningPeriod>(keys: readonly K[], now: number): K[] =>
  keys.filter((key) => now < key.expiresAt);

/** The key that has to be made now, so that there is always one to sign with; undefined when none is due. */
export function dueKey(keys: readonly SigningPeriod[], now: number): SigningPeriod | undefined {
  const living = published(keys, now);
  const lastSignature = Math.max(...living.map((key) => key.expiresAt - OUTLIVES_ITS_TOKENS_BY));
  if (living.length > 0 && lastSignature - now > 2 * ANNOUNCED_FOR) return undefined;
  const signsFrom = signerAmong(keys, now) === undefined ? now : now + ANNOUNCED_FOR;
  return { signsFrom, expiresAt: signsFrom + SIGNS_FOR + OUTLIVES_ITS_TOKENS_BY };
}
