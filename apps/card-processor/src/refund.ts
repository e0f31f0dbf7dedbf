import type { Intent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { alreadyRefunded, amountTooLarge, nothingToRefund } from './processor.errors.ts';

export interface Refund {
  readonly id: string;
  readonly created: number;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: 'succeeded' | 'failed';
}

export interface RefundDraft extends Pick<Refund, 'id' | 'created' | 'reason' | 'metadata'> {
  /** Missing: all that is left. */
  readonly amount?: number;
  /** The card's bank refuses the money (a fault rule asked for it). */
  readonly fails: boolean;
}

/** Gives back taken money, at most what was captured and not yet refunded. */
export function refundIntent(intent: Intent, draft: RefundDraft): Outcome {
  if (intent.captured === 0 || intent.charge === null) throw nothingToRefund(intent.id);
  const left = intent.captured - intent.refunded;
  if (left === 0) throw alreadyRefunded(intent.charge);
  const { fails, amount = left, ...named } = draft;
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
    status: fails ? 'failed' : 'succeeded',
  };
  if (fails) return { intent, refund, event: 'refund.failed' };
  return {
    intent: { ...intent, refunded: intent.refunded + amount },
    moved: [{ kind: 'refunded', amount }],
    refund,
    event: 'charge.refunded',
  };
}
