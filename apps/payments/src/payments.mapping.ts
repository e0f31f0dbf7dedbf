import { storable } from '@caravan/platform';
import type { Payment } from './payment.ts';

const MAX_INT = 2_147_483_647;

/** A payment as its columns take it: computed numbers are whole, foreign text is storable. */
export function rowOf(payment: Payment): object {
  const { orderId, status, operation, begunBy, refundedMinor, intentId, refundId, dueInMs } = payment;
  const { dispute, outside, renewals, attempts, spentKeys, waiting, version, reopened } = payment;
  return {
    orderId,
    status,
    operation,
    begunBy,
    refundedMinor: Math.round(refundedMinor),
    intentId: text(intentId),
    refundId: text(refundId),
    failedRefunds: payment.failedRefunds,
    declineCode: text(payment.declineCode),
    dispute,
    outside,
    renewals,
    attempts,
    trouble: text(payment.trouble),
    spentKeys,
    waiting,
    early: payment.early,
    version,
    reopened,
    dueInMs: dueInMs === null ? null : Math.min(Math.ceil(dueInMs), MAX_INT),
  };
}

const text = (foreign: string | null): string | null => (foreign === null ? null : storable(foreign, 300));
