import { Code, Failure } from '@caravan/contracts';
import { UNAUTHENTICATED } from '@caravan/platform';
import { Refusal } from './problem.ts';

/** Bodies larger than this are read away before the answer, so that their sender gets to read it. */
const READ_AWAY = 8 * 1024 * 1024;

export const malformed = (message: string) => new Refusal(400, 'gateway.malformed', message);
export const invalidFields = (issues: { path: string; message: string }[]) =>
  new Refusal(
    400,
    Code.invalid,
    issues.map(({ path, message }) => `${path}: ${message}`).join(' '),
    {},
    { issues },
  );
export const unauthenticated = (message: string) => new Failure(UNAUTHENTICATED, message);
export const notFound = () => new Refusal(404, 'gateway.not-found', 'There is nothing here.');
/** A socket that was to become something else is of no further use. */
export const noWebSocketYet = () =>
  new Refusal(404, 'gateway.not-there-yet', 'WebSockets are not there yet.', { connection: 'close' });
export const noSubscriptionsYet = () =>
  new Refusal(404, 'gateway.not-there-yet', 'Subscriptions are not there yet. Ask again with POST instead.');
export const fromAnotherSite = () =>
  new Refusal(
    400,
    'gateway.cross-site',
    'A page of another site cannot ask by link, form or embedding. Use fetch, or send apollo-require-preflight.',
  );
export const methodNotAllowed = (allow: string) =>
  new Refusal(405, 'gateway.method-not-allowed', `Only ${allow} can be used here.`, { allow });
export const notImplemented = (method: string) =>
  new Refusal(501, 'gateway.not-implemented', `The method ${method} means nothing here.`);
export const bodyTooLarge = (limit: number, length = 0) =>
  new Refusal(
    413,
    'gateway.too-large',
    `The body may have at most ${limit} bytes.`,
    length > READ_AWAY ? { connection: 'close' } : {},
  );
export const urlTooLong = () => new Refusal(414, 'gateway.url-too-long', 'The URL is too long.');
export const misdirected = () =>
  new Refusal(421, 'gateway.misdirected', 'The URL names another host than the Host header.');
export const onlyJson = () =>
  new Refusal(415, 'gateway.unsupported-media-type', 'The body must be application/json in UTF-8.', {
    'accept-post': 'application/json',
  });
export const noCompression = () =>
  new Refusal(415, 'gateway.unsupported-encoding', 'The body must not be compressed.', {
    'accept-encoding': 'identity',
  });
export const headersTooLarge = () =>
  new Refusal(431, 'gateway.headers-too-large', 'The request has too many headers or too large ones.');
export const tooSlow = () => new Refusal(408, 'gateway.too-slow', 'The request took too long to arrive.');
export const overloaded = () =>
  new Refusal(503, 'gateway.overloaded', 'Too much is going on at the moment. Try again in a moment.', {
    'retry-after': '1',
  });
export const badUpstream = () =>
  new Refusal(
    502,
    'gateway.bad-upstream',
    'The answer broke off. Whether it was done is not known; repeat with the same key.',
  );

/** 429 with the fields of draft-ietf-httpapi-ratelimit-headers. */
export const rateLimited = (
  policy: { name: string; quota: number; windowSeconds: number },
  waitMs: number,
) => {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  return new Refusal(429, 'gateway.rate-limited', `Too many requests. Try again in ${seconds} s.`, {
    'retry-after': seconds,
    ratelimit: `"${policy.name}";r=0;t=${seconds}`,
    'ratelimit-policy': `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`,
  });
};
