import type { Verb } from './ask.ts';
import type { Known } from './outcome.ts';
import { EXPIRED, type PaymentState as Payment } from './payment-state.ts';

/** What the end of an operation makes of a payment. */
export function conclude(payment: Payment, operation: Verb, outcome: Known): void {
  if ('intentId' in outcome && outcome.intentId) payment.intentId = outcome.intentId;
  switch (outcome.kind) {
    case 'authorized':
      payment.status = 'AUTHORIZED';
      payment.declineCode = null;
      return;
    case 'captured':
      payment.status = 'CAPTURED';
      payment.outside = operation !== 'capture';
      return;
    case 'voided':
      payment.status = 'VOIDED';
      if (outcome.expired) payment.declineCode = EXPIRED;
      else if (operation === 'capture') payment.tell('voided', 'The hold was let go at the processor.', true);
      return;
    case 'refunded':
      payment.status = 'REFUNDED';
      payment.refundedMinor = payment.amountMinor;
      payment.refundId = outcome.refundId ?? null;
      payment.outside = false;
      return;
    case 'declined':
      payment.status = payment.renewals > 0 ? 'VOIDED' : 'DECLINED';
      payment.declineCode = outcome.code;
      if (payment.renewals > 0)
        payment.tell('expired', `The hold ended, a new one was declined: ${outcome.code}`, true);
      return;
    case 'given-up':
      payment.status = payment.renewals > 0 ? 'VOIDED' : 'DECLINED';
      payment.declineCode = 'processing_error';
      return;
    case 'disputed':
      payment.status = 'CAPTURED';
      payment.hearDispute(outcome.dispute);
  }
}
