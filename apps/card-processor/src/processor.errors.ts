/** A refusal with Stripe's types and codes, as data: it is answered, stored under its key and written to the journal. */
export interface Failure {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly declineCode?: string;
  readonly param?: string;
  readonly charge?: string;
  /** The answer shows the payment intent as it stands. */
  readonly showsIntent?: boolean;
  readonly retryAfter?: number;
  readonly shouldRetry?: boolean;
}

/** What a verb throws when it refuses and nothing has changed. */
export class Refused extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

const invalid = (message: string, rest: Partial<Failure> = {}): Refused =>
  new Refused({ status: 400, type: 'invalid_request_error', message, ...rest });

export const keyMissing = (): Refused =>
  invalid('The API key is missing: send it as `Authorization: Bearer KEY`.', { status: 401 });
export const keyInvalid = (key: string): Refused =>
  invalid(
    `Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(Math.max(0, Math.min(16, key.length - 8)))}`,
    {
      status: 401,
    },
  );

export const unknownUrl = (method: string, path: string): Refused =>
  invalid(
    `Unrecognized request URL (${method}: ${path}). This sandbox serves the part of Stripe that Caravan uses.`,
    {
      status: 404,
    },
  );
export const notForm = (): Refused =>
  invalid('Invalid request (check that your POST content type is application/x-www-form-urlencoded).');
export const tooLarge = (): Refused => invalid('The request body is too large.', { status: 413 });

export const missing = (param: string): Refused =>
  invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
export const unknownParam = (param: string): Refused =>
  invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
export const invalidInteger = (param: string, message: string): Refused =>
  invalid(message, { code: 'parameter_invalid_integer', param });
export const unknownCurrency = (currency: string): Refused =>
  invalid(
    `Invalid currency: ${currency.slice(0, 50)}. Stripe currently supports these currencies: https://docs.stripe.com/currencies`,
    { param: 'currency' },
  );
export const onlyOneOf = (params: readonly string[]): Refused =>
  invalid(`You may only specify one of these parameters: ${params.join(', ')}.`);
export const onlyWithConfirm = (param: string): Refused =>
  invalid(`You can only provide \`${param}\` when \`confirm=true\`.`, { param });
export const invalidParam = (param: string, message: string): Refused => invalid(message, { param });
export const amountTooSmall = (minimum: string): Refused =>
  invalid(`Amount must be at least ${minimum}`, { code: 'amount_too_small', param: 'amount' });
export const amountTooLarge = (param: string, message: string): Refused =>
  invalid(message, { code: 'amount_too_large', param });

export const noSuch = (what: string, id: string, param: string, status = 404): Refused =>
  invalid(`No such ${what}: '${id}'`, { status, code: 'resource_missing', param });

export const unexpectedState = (message: string): Refused =>
  invalid(message, { code: 'payment_intent_unexpected_state', showsIntent: true });
export const nothingToRefund = (intent: string): Refused =>
  invalid(`This PaymentIntent (${intent}) does not have a successful charge to refund.`);
export const alreadyRefunded = (charge: string): Refused =>
  invalid(`Charge ${charge} has already been refunded.`, { code: 'charge_already_refunded' });
export const chargeDisputed = (charge: string): Refused =>
  invalid(`Charge ${charge} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
export const nothingToDispute = (intent: string): Refused =>
  invalid(`This PaymentIntent (${intent}) has no captured money that could be disputed.`);
export const disputeClosed = (id: string, status: string): Refused =>
  invalid(`The dispute ${id} is already ${status}.`);

/** The card wants authentication, and the call said that the customer is not present. */
export const authenticationFailed = (charge: string, why: 'refuse' | 'off-session'): Failure => ({
  status: 402,
  type: 'card_error',
  code: 'authentication_required',
  ...(why === 'refuse'
    ? {
        declineCode: 'authentication_not_handled',
        message: 'The card asks for authentication, and `error_on_requires_action` turns that into an error.',
      }
    : {
        declineCode: 'authentication_required',
        message: 'The card was declined: it asks for authentication.',
      }),
  charge,
  showsIntent: true,
});

export const keyTooLong = (): Refused => invalid('Idempotency keys may be at most 255 characters long.');
export const keyReused = (key: string): Refused =>
  invalid(
    `The idempotency key '${key}' was used with other parameters. Take another key for another request.`,
    { type: 'idempotency_error' },
  );
export const keyInUse = (key: string): Refused =>
  invalid(
    `A request with the idempotency key '${key}' is still being worked on. Ask again when it has ended.`,
    { status: 409, code: 'idempotency_key_in_use', shouldRetry: true },
  );

/** An answer of the 5xx family or 429, as a fault rule asks for it. */
export function outage(status: number, retryAfter?: number): Failure {
  return status === 429
    ? {
        status,
        type: 'invalid_request_error',
        code: 'rate_limit',
        message: 'Request rate limit exceeded.',
        retryAfter: retryAfter ?? 1,
      }
    : { status, type: 'api_error', message: 'An unknown error occurred.', retryAfter };
}
