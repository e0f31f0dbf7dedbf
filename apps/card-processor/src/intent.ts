import type { Outcome } from './outcome.ts';
import { LATER_SECONDS, type PaymentMethod } from './payment-method.ts';
import { amountTooLarge, authenticationFailed, unexpectedState, type Failure } from './processor.errors.ts';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** What a card that wants authentication leads to: the caller is asked, or the payment is declined. */
export type Authentication = 'ask' | 'refuse' | 'off-session' | 'done';

/** A hold that is not captured ends after seven days. */
export const HOLD_SECONDS = 7 * 24 * 3600;

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
  /** Unix seconds at which the hold ends by itself. */
  readonly holdEnds?: number;
  /** Unix seconds at which the card's owner disputes the charge. */
  readonly disputeAt?: number;
  /** A dispute is open or lost. */
  readonly disputed?: boolean;
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

const confirmable: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/** Charges the card: sets the money aside, takes it at once when capture is automatic, or is declined. */
export function confirmIntent(
  intent: Intent,
  method: PaymentMethod,
  { at = intent.created, authentication = 'ask' }: { at?: number; authentication?: Authentication } = {},
): Outcome {
  if (!confirmable.includes(intent.status)) {
    throw unexpectedState(`The PaymentIntent has a status of ${intent.status}: it cannot be confirmed.`);
  }
  if (method.authentication && authentication === 'ask') {
    return {
      intent: { ...intent, method: method.id, status: 'requires_action', lastFailure: null },
      event: 'payment_intent.requires_action',
    };
  }
  const charge = `ch_${intent.id.slice(3)}`;
  const charged = { ...intent, method: method.id, charge };
  if (method.authentication && authentication !== 'ask' && authentication !== 'done') {
    return declined(charged, authenticationFailed(charge, authentication));
  }
  if (method.decline) {
    return declined(charged, {
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      declineCode: method.decline.code,
      message: method.decline.message,
      charge,
      showsIntent: true,
    });
  }
  const authorized = { kind: 'authorized', amount: intent.amount } as const;
  if (intent.manual) {
    return {
      intent: { ...charged, status: 'requires_capture', lastFailure: null, holdEnds: at + HOLD_SECONDS },
      moved: [authorized],
      event: 'payment_intent.amount_capturable_updated',
    };
  }
  return {
    intent: {
      ...charged,
      status: 'succeeded',
      captured: intent.amount,
      lastFailure: null,
      ...disputeOf(method, at),
    },
    moved: [authorized, { kind: 'captured', amount: intent.amount }],
    event: 'payment_intent.succeeded',
  };
}

/** The customer was asked and did not authenticate. */
export function failAuthentication(intent: Intent): Outcome {
  if (intent.status !== 'requires_action') {
    throw unexpectedState(`This PaymentIntent waits for no action: it has a status of ${intent.status}.`);
  }
  const { intent: failed, event } = declined(intent, {
    status: 402,
    type: 'card_error',
    code: 'payment_intent_authentication_failure',
    message: 'The customer did not pass the authentication of this card. Try another payment method.',
  });
  return { intent: failed, event };
}

const declined = (intent: Intent, failure: Failure): Outcome => ({
  intent: { ...intent, status: 'requires_payment_method', lastFailure: failure },
  event: 'payment_intent.payment_failed',
  failure,
});

const disputeOf = (method: PaymentMethod | undefined, at: number): Pick<Intent, 'disputeAt'> =>
  method?.dispute ? { disputeAt: at + LATER_SECONDS } : {};

/** Takes what was set aside, or a part of it; the rest is let go. */
export function captureIntent(
  intent: Intent,
  amount = intent.amount,
  { at = intent.created, method }: { at?: number; method?: PaymentMethod } = {},
): Outcome {
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
    intent: { ...intent, status: 'succeeded', captured: amount, ...disputeOf(method, at) },
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

/** The bank lets a hold go that was not captured in time. */
export function expireIntent(intent: Intent, at: number): Outcome {
  return { ...cancelIntent(intent, 'automatic', at), alsoEvents: ['charge.expired'] };
}
