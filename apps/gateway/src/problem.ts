import { STATUS_CODES } from 'node:http';
import { Code, Failure, InventoryFailure, PaymentsFailure, UsersFailure } from '@caravan/contracts';
import { UNAUTHENTICATED } from '@caravan/platform';

/** An answer about what went wrong (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A failure that knows its status and headers: what the gateway itself refuses. */
export class Refusal extends Failure {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    details?: unknown,
  ) {
    super(code, message, details);
  }
}

/** The one place where a failure's code becomes a status. What is not here is an inner matter: 500. */
const STATUS: Readonly<Record<string, number>> = {
  [Code.invalid]: 400,
  [Code.forbidden]: 403,
  [Code.unavailable]: 503,
  [Code.deadlineExceeded]: 504,
  [UNAUTHENTICATED]: 401,
  [InventoryFailure.unknownSku]: 404,
  [UsersFailure.invalid]: 400,
  [UsersFailure.emailTaken]: 409,
  [UsersFailure.badCredentials]: 401,
  [UsersFailure.badRefreshToken]: 401,
  [UsersFailure.tooManyAttempts]: 429,
  [PaymentsFailure.badSignature]: 401,
  [PaymentsFailure.staleSignature]: 400,
};

export const statusOf = (failure: Failure): number =>
  failure instanceof Refusal ? failure.status : (STATUS[failure.code] ?? 500);

/** Makes the answer for any failure; one that has no status of its own is told in general words only. */
export function problemOf(failure: Failure, instance: string, traceId: string): Problem {
  const status = statusOf(failure);
  const told = status === 500 ? internal() : failure;
  const body = JSON.stringify({
    type: `urn:caravan:problem:${told.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: told.message,
    instance,
    code: told.code,
    traceId,
    ...issuesOf(told),
  });
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...hintsFor(status, told),
    ...(failure instanceof Refusal && failure.headers),
  };
  return { status, headers, body };
}

export const internal = (cause?: unknown): Failure =>
  new Failure(
    Code.internal,
    'Something went wrong on our side. The traceId helps to find out what.',
    undefined,
    {
      cause,
    },
  );

function hintsFor(status: number, failure: Failure): Record<string, string> {
  if (status === 401) return { 'www-authenticate': challengeOf(failure) };
  if (status === 503) return { 'retry-after': '1' };
  if (status !== 429) return {};
  const { retryAfterSeconds = 1 } = (failure.details ?? {}) as { retryAfterSeconds?: number };
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
  return {
    'retry-after': String(seconds),
    ratelimit: `"attempts";r=0;t=${seconds}`,
    'ratelimit-policy': `"attempts";q=4;w=3600`,
  };
}

/** RFC 6750 §3: a token that was sent and refused is `invalid_token`; for none at all there is no error to name. */
const challengeOf = (failure: Failure): string =>
  failure.code === UNAUTHENTICATED
    ? 'Bearer realm="caravan", error="invalid_token"'
    : 'Bearer realm="caravan"';

function issuesOf(failure: Failure): { issues?: unknown } {
  const { issues } = (failure.details ?? {}) as { issues?: unknown };
  return issues === undefined ? {} : { issues };
}
