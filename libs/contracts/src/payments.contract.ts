import { z } from 'zod';
import { command, event, request } from './contract.ts';
import { amountMinor, currency, done, id, instant } from './common.schemas.ts';

export const paymentStatus = z.enum([
  'PENDING',
  'AUTHORIZED',
  'CAPTURED',
  'DECLINED',
  'VOIDED',
  'REFUNDED',
  'UNKNOWN',
]);
export type PaymentStatus = z.infer<typeof paymentStatus>;

/** A dispute (chargeback) of the customer's bank; `status` and `reason` are the processor's words. */
export const dispute = z.object({
  status: z.string(),
  reason: z.string(),
  amountMinor,
  currency,
  openedAt: instant,
  closedAt: instant.nullable(),
});
export type Dispute = z.infer<typeof dispute>;

export const payment = z.object({
  orderId: id,
  status: paymentStatus,
  amountMinor,
  /** From 0 to `amountMinor`: refunds made at the processor may be of a part. */
  refundedMinor: amountMinor,
  currency,
  method: z.string().nullable(),
  dispute: dispute.nullish(),
});
export type Payment = z.infer<typeof payment>;

export const GetPayments = request(
  'payments.get-payments',
  z.object({ orderIds: z.array(id).max(500) }),
  z.object({ payments: z.array(payment) }),
);
/** A signed notice of the card processor, exactly as it came (the signature covers the raw body). */
export const ReceiveWebhook = request(
  'payments.receive-webhook',
  z.object({ payload: z.string().max(262_144), signature: z.string().max(2048) }),
  done,
);

/** Sets the money aside. Fails with `payments.declined`, `payments.invalid-method` or `payments.invalid-amount`. */
export const AuthorizePayment = command(
  'payments.authorize-payment',
  z.object({ orderId: id, amountMinor, currency, paymentMethod: z.string().min(1).max(255) }),
  done,
);
/** Takes the money that was set aside. */
export const CapturePayment = command('payments.capture-payment', z.object({ orderId: id }), done, {
  unhurried: true,
});
/** Lets go of money set aside; an order without a payment can never have one later. */
export const VoidPayment = command('payments.void-payment', z.object({ orderId: id }), done);
/** Gives the money back, whether it was only set aside or already taken. Fails with `payments.disputed`. */
export const RefundPayment = command('payments.refund-payment', z.object({ orderId: id }), done);

/**
 * Something happened to an order's money that the shop did not ask for: made at the processor (dashboard) or by a bank.
 * `attention`: a person has to decide what becomes of the order.
 */
export const PaymentChanged = event(
  'payment.changed',
  z.object({
    orderId: id,
    /** captured · voided · expired · refunded · partly-refunded · refund-failed · dispute-opened, -updated, -closed */
    what: z.string().max(40),
    detail: z.string().max(300),
    attention: z.boolean().default(false),
  }),
  { unhurried: true },
);

export const PaymentsFailure = {
  declined: 'payments.declined',
  /** The payment method does not exist or cannot be used: the caller's mistake, not the bank's refusal. */
  invalidMethod: 'payments.invalid-method',
  /** The processor does not take an amount as small or as large as this. */
  invalidAmount: 'payments.invalid-amount',
  /** The customer's bank disputes the charge: a refund would pay twice. */
  disputed: 'payments.disputed',
  notCapturable: 'payments.not-capturable',
  badSignature: 'payments.bad-signature',
  staleSignature: 'payments.stale-signature',
  refused: 'payments.refused',
} as const;

/** Details of `payments.declined`: the processor's own word for why. */
export const declinedDetails = z.object({ code: z.string() });
