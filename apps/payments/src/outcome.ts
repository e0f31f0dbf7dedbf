/** What the processor says became of a payment, in the words of the aggregate. */
export type Outcome =
  | { kind: 'authorized' | 'captured' | 'voided'; intentId: string }
  | { kind: 'refunded' }
  | { kind: 'declined'; code: string; intentId?: string }
  | Unknown;

/** Whether it happened cannot be told yet. */
export interface Unknown {
  kind: 'unknown';
  reason: string;
  /** The processor asked to be left alone for so long. */
  retryAfterMs?: number;
  /** The idempotency key answers with a stored failure for ever: the next attempt needs a fresh one. */
  spent?: boolean;
}

export const unknown = (reason: string, more?: Pick<Unknown, 'retryAfterMs' | 'spent'>): Unknown => ({
  kind: 'unknown',
  reason,
  ...more,
});

/** The part of a payment intent that decides. */
export interface Intent {
  id: string;
  status: string;
  last_payment_error?: { code?: string; decline_code?: string } | null;
}

/** Reads a payment intent's state as an outcome. */
export function outcomeOf(intent: Intent): Outcome {
  switch (intent.status) {
    case 'requires_capture':
      return { kind: 'authorized', intentId: intent.id };
    case 'succeeded':
      return { kind: 'captured', intentId: intent.id };
    case 'canceled':
      return { kind: 'voided', intentId: intent.id };
    case 'requires_payment_method':
    case 'requires_action':
    case 'requires_confirmation': {
      const error = intent.last_payment_error;
      const code = error?.decline_code ?? error?.code ?? 'authentication_required';
      return { kind: 'declined', code, intentId: intent.id };
    }
    default:
      return unknown(`the intent is ${intent.status}`);
  }
}

/** What an error of the SDK carries; named by shape, so that the SDK stays outside. */
export interface ProcessorError {
  statusCode?: number;
  rawType?: string;
  code?: string;
  decline_code?: string;
  message?: string;
  headers?: Record<string, string>;
  payment_intent?: { id?: string };
}

export type Trouble =
  | { is: 'declined'; code: string; intentId?: string }
  /** The request itself was refused: nothing happened, and never will under this key. */
  | { is: 'refused'; code: string }
  | { is: 'unknown'; outcome: Unknown };

const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Sorts an error into known and unknown. Only an answer that Stripe defines as final is known: 402 is a decline, 400 and
 * 404 refuse the request; a conflict, a limit, a wrong key, a 5xx, no answer or nonsense tell nothing.
 * https://docs.stripe.com/error-low-level
 */
export function troubleOf(error: ProcessorError): Trouble {
  const status = error.statusCode ?? 0;
  const code = error.decline_code ?? error.code;
  if (status === 402 && error.rawType === 'card_error') {
    return { is: 'declined', code: code ?? 'card_declined', intentId: error.payment_intent?.id };
  }
  if ((status === 400 || status === 404) && error.rawType === 'invalid_request_error') {
    return { is: 'refused', code: code ?? 'invalid_request' };
  }
  const reason = `${status || 'no answer'} ${error.code ?? error.rawType ?? ''}: ${error.message ?? ''}`;
  const replayed = error.headers?.['idempotent-replayed'] === 'true';
  return {
    is: 'unknown',
    outcome: unknown(reason.slice(0, 300), {
      retryAfterMs: retryAfterOf(error.headers?.['retry-after']),
      spent: (replayed && status >= 500) || (status === 400 && error.rawType === 'idempotency_error'),
    }),
  };
}

function retryAfterOf(header: string | undefined): number | undefined {
  const seconds = Number(header);
  if (!header || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return Math.min(seconds * 1000, MAX_RETRY_AFTER_MS);
}
