import type { Api, Attempt, Operation } from './operation.ts';

/** What came over HTTP. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly requestId: string | null;
  readonly text: string;
}

const STATUSES = ['PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'];
/** The codes of the public contract that a right request may meet, and whether nothing has happened then. */
const NOTHING_HAPPENED: Readonly<Record<string, boolean>> = {
  UNAVAILABLE: true,
  RATE_LIMITED: true,
  UNAUTHENTICATED: true,
  DEADLINE_EXCEEDED: false,
};
const PROBLEM_FIELDS = ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId'];
/** Problems that a right request may meet: refused before anything happened, or (502, 504) somebody broke off or was late. */
const PROBLEM_STATUSES = [401, 408, 429, 502, 503, 504];

type Json = Record<string, unknown>;
type Read = Omit<Attempt, 'breaches'>;

/** Reads an answer as what it says about an operation, and notes everything in it that the contract does not know. */
export function attemptOf({ kind, api }: Pick<Operation, 'kind' | 'api'>, answer: Answer): Attempt {
  const breaches: string[] = [];
  if (!answer.requestId) breaches.push('no X-Request-Id');
  const body = objectIn(answer.text);
  if (!body)
    return {
      outcome: 'unknown',
      said: `${answer.status} no JSON`,
      breaches: [...breaches, 'not a JSON object'],
    };
  const read = answer.status === 200 ? graphql(kind, api, body, breaches) : problem(answer, body, breaches);
  return { ...read, breaches };
}

/** No answer at all: the connection broke, or nobody was there. */
export function silence(error: Error): Attempt {
  const { message, name } = error;
  const { code } = (error.cause ?? {}) as { code?: string };
  const never = code === 'ECONNREFUSED';
  return {
    outcome: never ? 'unavailable' : 'unknown',
    said: code ?? `${name}: ${message}`,
    breaches: [],
  };
}

function problem({ status, contentType }: Answer, body: Json, breaches: string[]): Read {
  const missing = PROBLEM_FIELDS.filter((field) => body[field] === undefined);
  if (!contentType.startsWith('application/problem+json')) breaches.push(`${status} is ${contentType}`);
  if (missing.length > 0) breaches.push(`${status} without ${missing.join(', ')}`);
  if (!PROBLEM_STATUSES.includes(status)) breaches.push(`${status} to a right request`);
  const known = status < 500 || status === 503;
  return { outcome: known ? 'unavailable' : 'unknown', said: `${status} ${String(body['code'])}` };
}

function graphql(kind: Operation['kind'], api: Api, body: Json, breaches: string[]): Read {
  const errors = (body['errors'] as { extensions?: Json }[] | undefined) ?? [];
  for (const { extensions } of errors) {
    if (NOTHING_HAPPENED[String(extensions?.['code'])] === undefined)
      breaches.push(`the error code ${String(extensions?.['code'])} to a right request`);
    if (typeof extensions?.['traceId'] !== 'string') breaches.push('an error without traceId');
  }
  const field = kind === 'cancel' ? 'cancelOrder' : api === 'web' ? 'placeOrder' : 'checkout';
  const result = (body['data'] as Json | null | undefined)?.[field] as Json | null | undefined;
  if (result) return api === 'web' ? web(kind, result, breaches) : mobile(kind, result, breaches);
  const codes = errors.map(({ extensions }) => String(extensions?.['code']));
  if (codes.length === 0) breaches.push('neither data nor errors');
  const nothing = codes.length > 0 && codes.every((code) => NOTHING_HAPPENED[code]);
  return { outcome: nothing ? 'unavailable' : 'unknown', said: codes.join() || 'nothing' };
}

function web(kind: Operation['kind'], result: Json, breaches: string[]): Read {
  const type = String(result['__typename']);
  const { id, orderId, status } = result as { id?: string; orderId?: string; status?: string };
  if (type === 'Order') return order(id, status, String(status), breaches);
  if (kind === 'cancel' && type === 'NotCancellable') return { outcome: 'refused', said: type };
  if (kind === 'place' && (type === 'OutOfStock' || type === 'PaymentDeclined'))
    return order(orderId, 'REJECTED', type, breaches);
  if (kind === 'place' && (type === 'InvalidOrder' || type === 'IdempotencyConflict'))
    return { outcome: 'refused', said: type };
  breaches.push(`a result of the type ${type}`);
  return { outcome: 'unknown', said: type };
}

const PLACED = ['CONFIRMED', 'PENDING', 'OUT_OF_STOCK', 'PAYMENT_DECLINED', 'CANCELLED', 'INVALID'];

function mobile(kind: Operation['kind'], result: Json, breaches: string[]): Read {
  const code = String(result['code']);
  const badge = result['order'] as { id?: string; status?: string } | null;
  const accepted = kind === 'cancel' ? code === 'CANCELLED' : badge !== null && PLACED.includes(code);
  if (accepted) return order(badge?.id, badge?.status, code, breaches);
  const refusals = kind === 'cancel' ? ['NOT_CANCELLABLE'] : ['INVALID', 'CONFLICT'];
  if (!refusals.includes(code)) breaches.push(`the code ${code}`);
  return { outcome: refusals.includes(code) ? 'refused' : 'unknown', said: code };
}

function order(
  orderId: string | undefined,
  status: string | undefined,
  said: string,
  breaches: string[],
): Read {
  if (!orderId) breaches.push(`${said} without an order`);
  if (!status || !STATUSES.includes(status)) breaches.push(`an order that is ${status}`);
  return { outcome: orderId ? 'ok' : 'unknown', said, orderId, status };
}

function objectIn(text: string): Json | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Json) : undefined;
  } catch {
    return undefined;
  }
}
