import type { Intent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import { disputeClosed, nothingToDispute } from './processor.errors.ts';
import type { AgainstCharge } from './refund.ts';

export interface Dispute extends AgainstCharge {
  readonly reason: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost';
  readonly evidence: string | null;
}

export type DisputeEnd = 'won' | 'lost';

/** The customer's bank takes the money back until the dispute is closed. */
export function openDispute(
  intent: Intent,
  draft: Pick<Dispute, 'id' | 'created' | 'reason'> & { readonly amount?: number },
): Outcome {
  const left = intent.captured - intent.refunded;
  if (left <= 0 || intent.charge === null || intent.disputed) throw nothingToDispute(intent.id);
  const { disputeAt: _, ...rest } = intent;
  const amount = Math.min(draft.amount ?? left, left);
  return {
    intent: { ...rest, disputed: true },
    dispute: {
      ...draft,
      amount,
      intent: intent.id,
      charge: intent.charge,
      currency: intent.currency,
      status: 'needs_response',
      evidence: null,
    },
    moved: [{ kind: 'disputed', amount }],
    event: 'charge.dispute.created',
    alsoEvents: ['charge.dispute.funds_withdrawn'],
  };
}

/** Takes evidence in; Stripe's test words decide the dispute at once. */
export function answerDispute(intent: Intent, dispute: Dispute, evidence: string): Outcome {
  refuseClosed(dispute);
  const answered: Dispute = { ...dispute, status: 'under_review', evidence };
  if (evidence === 'winning_evidence') return closeDispute(intent, answered, 'won');
  if (evidence === 'losing_evidence') return closeDispute(intent, answered, 'lost');
  return { intent, dispute: answered, event: 'charge.dispute.updated' };
}

/** A won dispute gives the money back to the merchant, and the charge can be refunded again. */
export function closeDispute(intent: Intent, dispute: Dispute, end: DisputeEnd): Outcome {
  refuseClosed(dispute);
  const closed = { ...dispute, status: end };
  if (end === 'lost') return { intent, dispute: closed, event: 'charge.dispute.closed' };
  return {
    intent: { ...intent, disputed: false },
    dispute: closed,
    moved: [{ kind: 'reinstated', amount: dispute.amount }],
    event: 'charge.dispute.funds_reinstated',
    alsoEvents: ['charge.dispute.closed'],
  };
}

function refuseClosed({ id, status }: Dispute): void {
  if (status === 'won' || status === 'lost') throw disputeClosed(id, status);
}
