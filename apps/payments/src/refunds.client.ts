import type Stripe from 'stripe';
import { z } from 'zod';
import { storable } from '@caravan/platform';
import { type Dispute, isClosed } from './dispute.ts';
import { type Outcome, type ProcessorError, unknown } from './outcome.ts';
import type { Payment } from './payment.ts';

const refundShape = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  object: z.literal('refund'),
  status: z.string(),
  amount: z.number().int().min(0).optional(),
});
const disputeShape = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  status: z.string(),
  reason: z.string(),
  amount: z.number().int().min(0),
  created: z.number().int().min(0).max(9_999_999_999),
});

/** Accepted: the money is on its way or there. What fails later is told by a notice. */
const ACCEPTED = new Set(['succeeded', 'pending']);
const MOST = 100;

/** Refunds at the card processor, always of all that is left: refunds made there are never paid twice. */
export class RefundsClient {
  constructor(private readonly stripe: Stripe) {}

  /**
   * A replay under an idempotency key tells what was answered, not what is: after one the refund itself is looked at.
   * @param tried.asking it was tried before · tried.keyForgotten so long ago that the processor may have forgotten the key
   */
  async refund(
    payment: Payment,
    intentId: string,
    tried: { asking: boolean; keyForgotten: boolean },
  ): Promise<Outcome> {
    if (tried.keyForgotten && (await this.total(intentId)) >= payment.amountMinor)
      return { kind: 'refunded' };
    try {
      const answer = await this.stripe.refunds.create(
        { payment_intent: intentId, metadata: { order_id: payment.orderId } },
        { idempotencyKey: payment.idempotencyKey },
      );
      const created = refundShape.parse(answer);
      const replayed = answer.lastResponse?.headers?.['idempotent-replayed'] === 'true';
      const refund =
        tried.asking || replayed
          ? refundShape.parse(await this.stripe.refunds.retrieve(created.id))
          : created;
      if (ACCEPTED.has(refund.status)) return { kind: 'refunded', refundId: refund.id };
      const reason = `the refund is ${storable(refund.status, 60)}`;
      return unknown(reason, { spent: true, failedRefund: refund.id });
    } catch (error) {
      const { code } = error as ProcessorError;
      if (code === 'charge_already_refunded') return { kind: 'refunded' };
      if (code === 'charge_disputed')
        return { kind: 'disputed', dispute: await this.dispute(payment, intentId) };
      throw error;
    }
  }

  /** What was given back of a charge in all, or is on its way, in minor units. */
  async total(intentId: string): Promise<number> {
    const { data } = await this.stripe.refunds.list({ payment_intent: intentId, limit: MOST });
    return data
      .map((refund) => refundShape.parse(refund))
      .reduce((sum, { status, amount = 0 }) => sum + (ACCEPTED.has(status) ? amount : 0), 0);
  }

  private async dispute(payment: Payment, intentId: string): Promise<Dispute> {
    const { data } = await this.stripe.disputes.list({ payment_intent: intentId, limit: 1 });
    const { id, status, reason, amount, created } = disputeShape.parse(data[0]);
    return {
      id,
      status: storable(status, 60),
      reason: storable(reason, 60),
      amountMinor: Math.min(amount, payment.amountMinor),
      openedAt: new Date(created * 1000).toISOString(),
      closedAt: isClosed({ status }) ? new Date().toISOString() : null,
    };
  }
}
