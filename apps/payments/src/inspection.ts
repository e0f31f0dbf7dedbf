import type { Known } from './outcome.ts';
import { EXPIRED, type PaymentState as Payment } from './payment-state.ts';

/**
 * Takes in what an inspection saw. A difference to what was known was made at the processor, and others are told of it, but for
 * an order that was called off: what is there is given back by the command that waits.
 */
export function lookAt(payment: Payment, seen: Known): void {
  const { status: before, refundedMinor: refundedBefore } = payment;
  const calledOff = before === 'VOIDED' || before === 'DECLINED';
  if (seen.kind === 'authorized') {
    if (calledOff) payment.status = 'AUTHORIZED';
  } else if (seen.kind === 'captured') {
    const { capturedMinor = payment.amountMinor, refundedMinor = 0 } = seen;
    const whole = refundedMinor > 0 && refundedMinor >= capturedMinor;
    payment.status = whole ? 'REFUNDED' : 'CAPTURED';
    payment.refundedMinor = Math.min(whole ? payment.amountMinor : refundedMinor, payment.amountMinor);
    if (before !== payment.status || refundedBefore !== payment.refundedMinor) payment.outside = true;
    if (before === 'AUTHORIZED') tellOfCapture(payment, capturedMinor);
    if (!calledOff) tellOfRefund(payment, refundedBefore);
  } else if (!calledOff) {
    const expired = seen.kind === 'voided' && seen.expired === true;
    payment.status = 'VOIDED';
    payment.outside = true;
    if (expired) payment.declineCode = EXPIRED;
    payment.tell(expired ? 'expired' : 'voided', 'The hold ended at the processor.', !expired);
  }
}

function tellOfCapture(payment: Payment, capturedMinor: number): void {
  const { amountMinor, currency } = payment;
  const part = capturedMinor < amountMinor;
  const detail = part ? `${capturedMinor} of ${amountMinor} ${currency} (minor units)` : 'in full';
  payment.tell('captured', `Captured at the processor, ${detail}`, part);
}

function tellOfRefund(payment: Payment, before: number): void {
  const { refundedMinor, amountMinor, currency } = payment;
  const detail = `${refundedMinor} of ${amountMinor} ${currency} (minor units)`;
  if (refundedMinor < before) payment.tell('refund-failed', 'A refund made at the processor failed', true);
  else if (refundedMinor > before && payment.status === 'REFUNDED')
    payment.tell('refunded', 'Refunded at the processor', true);
  else if (refundedMinor > before)
    payment.tell('partly-refunded', `Refunded at the processor: ${detail}`, false);
}
