import type { Outcome } from './outcome.ts';
import type { PaymentMethod } from './payment-method.ts';
import { amountTooLarge, unexpectedState, type Failure } from './processor.errors.ts';

export type IntentStatus =
  'requires_payment_method' | 'requires_confirmation' | 'requires_capture' | 'succeeded' | 'canceled';

/** One version of a payment intent. A verb never changes it: it returns the next one, so stored answers stay true. */
export interface Intent {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly manual: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly customer: string | null;
  readonly status: IntentStatus;
  readonly method: string | null;
  readonly charge: string | null;
  readonly captured: number;
  readonly refunded: number;
  readonly canceledAt: number | null;
  readonly cancelReason: string | null;
  readonly lastFailure: Failure | null;
}

export type IntentDraft = Pick<
  Intent,
  'id' | 'created' | 'amount' | 'currency' | 'manual' | 'metadata' | 'description' | 'customer' | 'method'
>;

export function openIntent(draft: IntentDraft): Intent {
  return {
    ...draft,
    status: draft.method === null ? 'requires_payment_method' : 'requires_confirmation',
    charge: null,
    captured: 0,
    refunded: 0,
    canceledAt: null,
    cancelReason: null,
    lastFailure: null,
  };
}

/** The order a payment is for, by which the ledger is kept. */
export const orderOf = (intent: Intent): string | null => intent.metadata['order_id'] ?? null;

export const capturable = (intent: Intent): number =>
  intent.status === 'requires_capture' ? intent.amount : 0;

/** Charges the card: sets the money aside, takes it at once when capture is automatic, or is declined. */
export function confirmIntent(intent: Intent, method: PaymentMethod): Outcome {
  if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_confirmation') {
    throw unexpectedState(
      `This PaymentIntent could not be confirmed because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_payment_method, requires_confirmation.`,
    );
  }
  const charge = `ch_${intent.id.slice(3)}`;
  const charged = { ...intent, method: method.id, charge };
  if (method.decline) {
    const failure: Failure = {
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      declineCode: method.decline.code,
      message: method.decline.message,
      charge,
      showsIntent: true,
    };
    return {
      intent: { ...charged, status: 'requires_payment_method', lastFailure: failure },
      event: 'payment_intent.payment_failed',
      failure,
    };
  }
  const authorized = { kind: 'authorized', amount: intent.amount } as const;
  if (intent.manual) {
    return {
      intent: { ...charged, status: 'requires_capture', lastFailure: null },
      moved: [authorized],
      event: 'payment_intent.amount_capturable_updated',
    };
  }
  return {
    intent: { ...charged, status: 'succeeded', captured: intent.amount, lastFailure: null },
    moved: [authorized, { kind: 'captured', amount: intent.amount }],
    event: 'payment_intent.succeeded',
  };
}

/** Takes what was set aside, or a part of it; the rest is let go. */
export function captureIntent(intent: Intent, amount = intent.amount): Outcome {
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  if (amount > intent.amount) {
    throw amountTooLarge(
      'amount_to_capture',
      `Amount to capture (${amount}) is greater than the amount that can be captured (${intent.amount}).`,
    );
  }
  const captured = { kind: 'captured', amount } as const;
  return {
    intent: { ...intent, status: 'succeeded', captured: amount },
    moved:
      amount < intent.amount ? [captured, { kind: 'voided', amount: intent.amount - amount }] : [captured],
    event: 'payment_intent.succeeded',
  };
}

/** Ends a payment that took no money; what was set aside is let go. */
export function cancelIntent(intent: Intent, reason: string | null, at: number): Outcome {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedState(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
    );
  }
  const held = capturable(intent);
  return {
    intent: { ...intent, status: 'canceled', canceledAt: at, cancelReason: reason },
    moved: held > 0 ? [{ kind: 'voided', amount: held }] : [],
    event: 'payment_intent.canceled',
  };
}
