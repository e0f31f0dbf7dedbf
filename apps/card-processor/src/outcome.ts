import type { Dispute } from './dispute.ts';
import type { Intent } from './intent.ts';
import type { Failure } from './processor.errors.ts';
import type { Refund } from './refund.ts';

/** Money that truly moved, in minor units of the intent's currency. */
export interface Movement {
  readonly kind:
    'authorized' | 'captured' | 'refunded' | 'refund-failed' | 'voided' | 'disputed' | 'reinstated';
  readonly amount: number;
}

export type EventType =
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.requires_action'
  | 'payment_intent.succeeded'
  | 'payment_intent.canceled'
  | 'payment_intent.payment_failed'
  | 'charge.expired'
  | 'charge.refunded'
  | 'charge.refund.updated'
  | 'refund.updated'
  | 'refund.failed'
  | 'charge.dispute.created'
  | 'charge.dispute.funds_withdrawn'
  | 'charge.dispute.updated'
  | 'charge.dispute.funds_reinstated'
  | 'charge.dispute.closed';

/** What one verb did: the intent's next version, the money it moved, the events it is worth, the failure it ends in. */
export interface Outcome {
  readonly intent?: Intent;
  readonly moved?: readonly Movement[];
  readonly refund?: Refund;
  readonly dispute?: Dispute;
  readonly event?: EventType;
  /** Further events of the same change, after `event`. */
  readonly alsoEvents?: readonly EventType[];
  readonly failure?: Failure;
}

/** One event, with its own id; `notify`: a webhook is owed for it. */
export interface Told {
  readonly id: string;
  readonly type: EventType;
  readonly notify: boolean;
}

/** An outcome with its place in the books: one line of the journal, and the answer stored under its idempotency key. */
export interface Entry extends Outcome {
  /** Unix seconds. */
  readonly at: number;
  /** Missing: no call of the API caused it. */
  readonly request?: string;
  readonly key?: string;
  /** Fingerprint of the parameters the key was first used with. */
  readonly print?: string;
  readonly eventId?: string;
  /** A webhook is owed for the event. */
  readonly notify?: boolean;
  /** The ids of `alsoEvents`, in their order. */
  readonly alsoTold?: readonly Told[];
}

/** Every event that an entry caused, in order. */
export function eventsOf({ event, eventId, notify, alsoTold }: Entry): readonly Told[] {
  if (event === undefined || eventId === undefined) return alsoTold ?? [];
  const first: Told = { id: eventId, type: event, notify: notify ?? false };
  return alsoTold ? [first, ...alsoTold] : [first];
}
