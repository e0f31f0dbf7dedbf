import type { Intent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { alreadyRefunded, amountTooLarge, chargeDisputed, nothingToRefund } from './processor.errors.ts';

/** How a refund goes on after its answer. */
export type RefundFate = 'pending' | 'pending-fails' | 'fails-later';

/** What becomes of a refund without a further call. */
export interface RefundTurn {
  /** Unix seconds. */
  readonly at: number;
  readonly status: 'succeeded' | 'failed';
}

/** Something that takes captured money back from the merchant. */
export interface AgainstCharge {
  readonly id: string;
  readonly created: number;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
}

export interface Refund extends AgainstCharge {
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly failureReason?: string;
  readonly turn?: RefundTurn;
}

export interface RefundDraft extends Pick<Refund, 'id' | 'created' | 'reason' | 'metadata'> {
  /** Missing: all that is left. */
  readonly amount?: number;
  /** The card's bank refuses the money at once (a fault rule asked for it). */
  readonly fails: boolean;
  readonly fate?: RefundFate;
  /** Seconds until the fate comes true. */
  readonly turnsIn?: number;
}

/** A failed refund is told by three events at Stripe. */
const failureEvents = {
  event: 'refund.updated',
  alsoEvents: ['charge.refund.updated', 'refund.failed'],
} as const;

/** Gives back taken money, at most what was captured and not yet refunded. A pending refund counts as refunded. */
export function refundIntent(intent: Intent, draft: RefundDraft): Outcome {
  if (intent.captured === 0 || intent.charge === null) throw nothingToRefund(intent.id);
  if (intent.disputed) throw chargeDisputed(intent.charge);
  const left = intent.captured - intent.refunded;
  if (left === 0) throw alreadyRefunded(intent.charge);
  const { fails, fate, turnsIn = 0, amount = left, ...named } = draft;
  if (amount > left) {
    throw amountTooLarge(
      'amount',
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
    );
  }
  const refund: Refund = {
    ...named,
    intent: intent.id,
    charge: intent.charge,
    amount,
    currency: intent.currency,
    status: 'succeeded',
  };
  if (fails) {
    const failed = { ...refund, status: 'failed', failureReason: 'declined' } as const;
    return {
      intent,
      refund: failed,
      event: 'refund.failed',
      alsoEvents: ['refund.updated', 'charge.refund.updated'],
    };
  }
  const refunded = { ...intent, refunded: intent.refunded + amount };
  const at = draft.created + turnsIn;
  if (fate === 'pending' || fate === 'pending-fails') {
    const turn: RefundTurn = { at, status: fate === 'pending' ? 'succeeded' : 'failed' };
    return { intent: refunded, refund: { ...refund, status: 'pending', turn }, event: 'charge.refunded' };
  }
  return {
    intent: refunded,
    moved: [{ kind: 'refunded', amount }],
    refund: fate === 'fails-later' ? { ...refund, turn: { at, status: 'failed' } } : refund,
    event: 'charge.refunded',
  };
}

/** Carries out a refund's turn. A refund that fails leaves its amount on the charge, so that it can be refunded again. */
export function turnRefund(intent: Intent, refund: Refund): Outcome {
  const { turn, ...rest } = refund;
  if (!turn) throw new Error(`${refund.id} has no turn`);
  const { amount } = refund;
  if (turn.status === 'succeeded') {
    return {
      intent,
      refund: { ...rest, status: 'succeeded' },
      moved: [{ kind: 'refunded', amount }],
      event: 'refund.updated',
      alsoEvents: ['charge.refund.updated'],
    };
  }
  return {
    intent: { ...intent, refunded: intent.refunded - amount },
    refund: { ...rest, status: 'failed', failureReason: 'expired_or_canceled_card' },
    moved: refund.status === 'succeeded' ? [{ kind: 'refund-failed', amount }] : [],
    ...failureEvents,
  };
}
