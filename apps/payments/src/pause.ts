import { backoffMs } from './backoff.ts';

/**
 * An authorization whose one key is spent is given up at this age, when a search by its order finds nothing: that knows an intent
 * within a minute (https://docs.stripe.com/search#data-freshness), and of one that turns up later a notice tells.
 */
export const GIVEN_UP_AFTER_MS = 45_000;
/** A call in flight gets this long before a notice makes the service ask again. */
export const IN_FLIGHT_MS = 1000;

/** A third of the time within which an order has its outcome once the processor is well. */
const LONGEST_PAUSE_MS = 20_000;
const A_MOMENT_MS = 100;

export interface Tried {
  operation: string | null;
  attempts: number;
  spentKeys: number;
  /** How long the operation has been open, in ms. */
  operationAgeMs: number;
}

/** How long to wait before the open operation is tried again. A customer waits for an authorization, so its pause is bounded. */
export function pauseFor(
  { operation, attempts, spentKeys, operationAgeMs }: Tried,
  retryAfterMs = 0,
): number {
  const backoff = backoffMs(attempts);
  if (operation !== 'authorize') return Math.max(backoff, retryAfterMs);
  const pause = Math.max(backoff, Math.min(retryAfterMs, LONGEST_PAUSE_MS));
  const left = GIVEN_UP_AFTER_MS - operationAgeMs;
  return spentKeys > 0 && left > 0 ? Math.min(pause, left + A_MOMENT_MS) : pause;
}
