import type { Ask } from './ask.ts';
import type { Notice } from './notice.ts';
import type { Operation } from './payment-state.ts';
import type { Payment } from './payment.ts';

/**
 * What a notice comes to. known: it changes nothing · applied: the payment moved, or will be looked at · later: it came before
 * the open operation had its answer, and is kept with the payment until then.
 */
export type Heard = 'known' | 'applied' | 'later';

/** What the processor says by itself about each operation; anything else has another cause. */
const CAUSED_BY: Record<Operation, readonly Notice['says'][]> = {
  authorize: ['held', 'failed'],
  capture: ['held', 'taken'],
  void: ['held', 'canceled', 'charge-refunded'],
  refund: ['held', 'taken', 'charge-refunded', 'refund'],
  inspect: [],
};

/**
 * Takes in a notice. Notices are hints: they come late, twice, before the answer and out of order. So they hardly ever move a
 * payment themselves, but make the service look at the object. Only a failed refund and a dispute are taken at their word.
 * @param giveBack the refund to begin when money is where none should be; made afresh for each call
 */
export function hear(payment: Payment, notice: Notice, giveBack: () => Ask): Heard {
  if (notice.says === 'dispute') return payment.hearDispute(notice.dispute) ? 'applied' : 'known';
  if (notice.says === 'refund' && payment.failedRefunds.includes(notice.refundId)) return 'known';
  return payment.operation ? hearEarly(payment, notice) : hearAtRest(payment, notice, giveBack);
}

/** Hears again what came before the operation had ended. */
export function hearKept(payment: Payment, giveBack: () => Ask): void {
  if (payment.operation) return;
  for (const notice of payment.takeEarly()) hear(payment, notice, giveBack);
}

function hearEarly(payment: Payment, notice: Notice): Heard {
  const { early } = payment;
  const operation = payment.operation as Operation;
  const namesIntent = notice.says === 'held' || notice.says === 'taken' || notice.says === 'failed';
  if (namesIntent) payment.intentId ??= notice.intentId;
  const failedRefund = notice.says === 'refund' && notice.failed;
  // A refund that failed hastens nothing: each attempt that fails is told of, and would be followed by the next one at once.
  if (!failedRefund) payment.nudge();
  if (!failedRefund && CAUSED_BY[operation].includes(notice.says)) return 'applied';
  if (early.some(({ eventId }) => eventId === notice.eventId)) return 'known';
  payment.keep(notice);
  return 'later';
}

function hearAtRest(payment: Payment, notice: Notice, giveBack: () => Ask): Heard {
  const { status } = payment;
  if (status === 'VOIDED' || status === 'DECLINED') {
    if (notice.says !== 'held' && notice.says !== 'taken') return 'known';
    // Money is held or taken for an order that should have none: look, and give back what is there.
    payment.intentId = notice.intentId;
    const ask = giveBack();
    payment.inspect(ask.id, ask);
    return 'applied';
  }
  if (payment.intentId !== notice.intentId) return 'known';
  if (notice.says === 'refund' && notice.failed) {
    const ours = status === 'REFUNDED' && !payment.outside;
    if (ours && (!payment.refundId || payment.refundId === notice.refundId)) {
      payment.refundReturned(notice.refundId, giveBack());
      return 'applied';
    }
  }
  if (!contradicts(payment, notice)) return 'known';
  payment.inspect(giveBack().id);
  return 'applied';
}

/** Whether a notice says something else than what is known of a payment at rest. */
function contradicts({ orderId, status, refundedMinor, refundId }: Payment, notice: Notice): boolean {
  switch (notice.says) {
    case 'taken':
      // Our own capture is not noted before its answer; the durable command records it.
      return status === 'AUTHORIZED' && !notice.key?.startsWith(`${orderId}:capture`);
    case 'canceled':
      return status === 'AUTHORIZED';
    case 'charge-refunded':
      return status !== 'REFUNDED' && (notice.refundedMinor ?? Infinity) > refundedMinor;
    case 'refund':
      return notice.failed ? refundedMinor > 0 : status !== 'REFUNDED' && refundId !== notice.refundId;
    default:
      return false;
  }
}
