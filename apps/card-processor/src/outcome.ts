import type { Intent } from './intent.ts';
import type { Failure } from './processor.errors.ts';
import type { Refund } from './refund.ts';

/** Money that truly moved, in minor units of the intent's currency. */
export interface Movement {
  readonly kind: 'authorized' | 'captured' | 'refunded' | 'voided';
  readonly amount: number;
}

export type EventType =
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.succeeded'
  | 'payment_intent.canceled'
  | 'payment_intent.payment_failed'
  | 'charge.refunded'
  | 'refund.failed';

/** What one verb did: the intent's next version, the money it moved, the event it is worth, the failure it ends in. */
export interface Outcome {
  readonly intent?: Intent;
  readonly moved?: readonly Movement[];
  readonly refund?: Refund;
  readonly event?: EventType;
  readonly failure?: Failure;
}

/** An outcome with its place in the books: one line of the journal, and the answer stored under its idempotency key. */
export interface Entry extends Outcome {
  /** Unix seconds. */
  readonly at: number;
  readonly request: string;
  readonly key?: string;
  /** Fingerprint of the parameters the key was first used with. */
  readonly print?: string;
  readonly eventId?: string;
  /** A webhook is owed for the event. */
  readonly notify?: boolean;
}
