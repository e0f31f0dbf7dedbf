import { PaymentsFailure } from '@caravan/contracts';
import type { Dispute } from './dispute.ts';

/** What the processor says became of a payment, in the words of the aggregate. */
export type Known =
  | { kind: 'authorized'; intentId: string }
  | { kind: 'captured'; intentId: string; capturedMinor?: number; refundedMinor?: number }
  /** `expired`: the processor let the hold go by itself, because it was too old. */
  | { kind: 'voided'; intentId: string; expired?: boolean }
  | { kind: 'refunded'; refundId?: string }
  /** `code`: the processor's word, or a code of `PaymentsFailure` that is no decline. */
  | { kind: 'declined'; code: string; intentId?: string }
  /** Nothing is there, as far as anything can tell. `asked`: the intent that was asked for. */
  | { kind: 'given-up'; asked: string | null }
  /** A refund was refused because the bank disputes the charge. */
  | { kind: 'disputed'; dispute: Dispute };

export type Outcome = Known | Unknown;

/** Whether it happened cannot be told yet. */
export interface Unknown {
  kind: 'unknown';
  reason: string;
  /** The processor asked to be left alone for so long, in whole ms. */
  retryAfterMs?: number;
  /** The idempotency key answers with a stored failure for ever: the next attempt needs a fresh one. */
  spent?: boolean;
  /** The refund that failed. */
  failedRefund?: string;
  /** The request was refused for a reason of ours (a parameter, a key, a right): all others will be, too. */
  ownMistake?: boolean;
}

export const unknown = (reason: string, more?: Omit<Unknown, 'kind' | 'reason'>): Unknown => ({
  kind: 'unknown',
  reason,
  ...more,
});

/** The part of a payment intent that decides. */
export interface Intent {
  id: string;
  status: string;
  amount_received?: number;
  cancellation_reason?: string | null;
  last_payment_error?: { code?: string; decline_code?: string } | null;
}

/** The customer would have to confirm it (3-D Secure), which this version does not offer. */
export const NEEDS_CUSTOMER = new Set(['requires_action', 'requires_confirmation']);
const AUTHENTICATION_REQUIRED = 'authentication_required';
/** Why this service cancels an intent that needs the customer. */
export const ABANDONED = 'abandoned';
const BY_ITSELF = new Set(['automatic', 'expired']);

/** Reads a payment intent's state as an outcome. https://docs.stripe.com/payments/paymentintents/lifecycle */
export function outcomeOf(intent: Intent): Outcome {
  const { id: intentId, status, cancellation_reason: reason } = intent;
  if (status === 'requires_capture') return { kind: 'authorized', intentId };
  if (status === 'succeeded') return { kind: 'captured', intentId, capturedMinor: intent.amount_received };
  if (status === 'canceled') {
    if (reason === ABANDONED) return { kind: 'declined', code: AUTHENTICATION_REQUIRED, intentId };
    return { kind: 'voided', intentId, expired: BY_ITSELF.has(reason ?? '') };
  }
  if (status === 'requires_payment_method' || NEEDS_CUSTOMER.has(status)) {
    const error = intent.last_payment_error;
    return { kind: 'declined', code: wordOf(error) ?? AUTHENTICATION_REQUIRED, intentId };
  }
  return unknown(`the intent is ${status}`);
}

/** What an error of the SDK carries, its texts made storable; named by shape, so that the SDK stays outside. */
export interface ProcessorError {
  statusCode?: number;
  rawType?: string;
  code?: string;
  decline_code?: string;
  param?: string;
  message?: string;
  headers?: Record<string, string>;
  payment_intent?: { id?: string };
}

export type Trouble =
  | { is: 'declined'; code: string; intentId?: string }
  /** The request itself was refused: nothing happened. `code` is of `PaymentsFailure` where the caller can mend it. */
  | { is: 'refused'; code: string; callersMistake: boolean; outcome: Unknown }
  | { is: 'unknown'; outcome: Unknown };

const MAX_RETRY_AFTER_MS = 60_000;
const AMOUNT = new Set(['amount_too_small', 'amount_too_large']);

/**
 * Sorts an error. Only an answer that Stripe defines as final is known: a card error is a decline, 400 and 404 refuse the
 * request; a conflict, a limit, a wrong key, a 5xx, no answer or nonsense tell nothing. A request that is refused for
 * another reason than its method or amount is this service's mistake, and no card's.
 * https://docs.stripe.com/error-low-level
 */
export function troubleOf(error: ProcessorError): Trouble {
  const status = error.statusCode ?? 0;
  const code = wordOf(error);
  if (status === 402 && error.rawType === 'card_error') {
    const intentId = /^[\w-]{1,255}$/.exec(error.payment_intent?.id ?? '')?.[0];
    return { is: 'declined', code: code ?? 'card_declined', intentId };
  }
  const replayed = error.headers?.['idempotent-replayed'] === 'true';
  const reason = `${status || 'no answer'} ${error.code ?? error.rawType ?? ''}: ${error.message ?? ''}`;
  const refused = (status === 400 || status === 404) && error.rawType === 'invalid_request_error';
  const outcome = unknown(reason, {
    retryAfterMs: retryAfterOf(error.headers?.['retry-after']),
    spent:
      refused || (replayed && status >= 500) || (status === 400 && error.rawType === 'idempotency_error'),
    ownMistake: refused || status === 401 || status === 403,
  });
  if (!refused) return { is: 'unknown', outcome };
  if (error.param === 'payment_method')
    return { is: 'refused', code: PaymentsFailure.invalidMethod, callersMistake: true, outcome };
  if (AMOUNT.has(error.code ?? ''))
    return { is: 'refused', code: PaymentsFailure.invalidAmount, callersMistake: true, outcome };
  return { is: 'refused', code: code ?? 'invalid_request', callersMistake: false, outcome };
}

function wordOf(error: { code?: string; decline_code?: string } | null | undefined): string | undefined {
  // With `error_on_requires_action` Stripe says `authentication_not_handled`, which tells of the integration and not of the card.
  const word = error?.code === AUTHENTICATION_REQUIRED ? error.code : (error?.decline_code ?? error?.code);
  return word;
}

/** Whole seconds, as Stripe sends them; a fraction is rounded up. A date or a negative number says nothing. */
function retryAfterOf(header: string | undefined): number | undefined {
  const seconds = Number(header);
  if (!header?.trim() || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return Math.min(Math.ceil(seconds * 1000), MAX_RETRY_AFTER_MS);
}
