import { z } from 'zod';
import { command, request } from './contract.ts';
import { amountMinor, currency, done, id } from './common.schemas.ts';

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

export const payment = z.object({
  orderId: id,
  status: paymentStatus,
  amountMinor,
  refundedMinor: amountMinor,
  currency,
  method: z.string().nullable(),
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

/** Sets the money aside. Fails with `payments.declined`. */
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
/** Gives the money back, whether it was only set aside or already taken. */
export const RefundPayment = command('payments.refund-payment', z.object({ orderId: id }), done);

export const PaymentsFailure = {
  declined: 'payments.declined',
  notCapturable: 'payments.not-capturable',
  badSignature: 'payments.bad-signature',
  staleSignature: 'payments.stale-signature',
  refused: 'payments.refused',
} as const;

/** Details of `payments.declined`: the processor's own word for why. */
export const declinedDetails = z.object({ code: z.string() });
