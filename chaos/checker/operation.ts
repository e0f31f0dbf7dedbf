export type Api = 'web' | 'mobile';

/** What one request came to. */
export interface Attempt {
  /**
   * ok: accepted, and the answer says which order · refused: the shop says no · unavailable: nobody could say anything; neither had
   * an effect · unknown: nobody can tell.
   */
  readonly outcome: 'ok' | 'refused' | 'unavailable' | 'unknown';
  /** The answer in a word or two: `CONFIRMED`, `OutOfStock`, `503 caravan.unavailable`, `ECONNRESET`. */
  readonly said: string;
  readonly orderId?: string;
  /** Where the answer says that the order stands. */
  readonly status?: string;
  /** How the answer departs from the contract. */
  readonly breaches: readonly string[];
}

/** Something that a client wanted, in as many requests as it took. */
export interface Operation {
  readonly kind: 'place' | 'cancel';
  readonly api: Api;
  readonly customerId: string;
  /** The idempotency key, or the id of the order that is to be cancelled. */
  readonly key: string;
  /** The trace that the client began. */
  readonly traceId: string;
  readonly attempts: Attempt[];
}

export type OperationState = 'invoked' | 'ok' | 'failed' | 'unknown';

/** One accepted attempt makes it ok; else one unknown attempt makes it unknown: refusals after it do not undo it. */
export function stateOf({ attempts }: Pick<Operation, 'attempts'>): OperationState {
  if (attempts.length === 0) return 'invoked';
  if (attempts.some(({ outcome }) => outcome === 'ok')) return 'ok';
  return attempts.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : 'failed';
}

/** The order that the answers name; undefined when none does. */
export const orderIdOf = ({ attempts }: Pick<Operation, 'attempts'>): string | undefined =>
  attempts.find(({ orderId }) => orderId !== undefined)?.orderId;
