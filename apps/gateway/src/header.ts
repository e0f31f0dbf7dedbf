import { randomUUID } from 'node:crypto';
import { clientKey } from '@caravan/platform';
import { MAX_HEADERS, MAX_URL } from './bounds.ts';
import { headersTooLarge, malformed, misdirected, urlTooLong } from './gateway.errors.ts';

const REQUEST_ID = /^[\w.:@/+=-]{1,128}$/;
/** Of a media type: the charset, and an empty one after a last semicolon. */
const MAX_PARAMETERS = 2;
/** RFC 9110 §7.2: without user info, path or anything else of a URL. */
const HOST = /^(?:\[[\da-f:.]*\]|[\w.~%!$&'()*+,;=-]*)(?::\d*)?$/i;
const NEEDLESS_ESCAPE = /%(?:2[de]|3\d|[46][1-9a-f]|5[\daf]|7[\dae])/i;
/** Headers of which one must be meant; Node would quietly take the first. */
const ONLY_ONCE = new Set(['authorization', 'host', 'content-type']);

/** The incoming request id when it is fit to be logged and sent back, a new one otherwise. */
export function requestIdFrom(value: string | string[] | undefined): string {
  return typeof value === 'string' && REQUEST_ID.test(value) ? value : randomUUID();
}

/** `application/json`, with no other parameter than a charset of UTF-8 (RFC 9110 §8.3.1). */
export function isJsonInUtf8(contentType: string): boolean {
  const [type, ...parameters] = contentType.split(';', MAX_PARAMETERS + 2);
  if (type!.trim().toLowerCase() !== 'application/json' || parameters.length > MAX_PARAMETERS) return false;
  return parameters.every((parameter) => {
    const [name, value, ...rest] = parameter.split('=').map((part) => part.trim().toLowerCase());
    if (value === undefined) return name === '';
    return name === 'charset' && (value === 'utf-8' || value === '"utf-8"') && rest.length === 0;
  });
}

/** @throws Refusal 400, 414, 421 or 431 for a request line or header that could be read in two ways or costs too much */
export function checkHead(url: string, host: string | undefined, rawHeaders: readonly string[]): void {
  if (url.length > MAX_URL) throw urlTooLong();
  if (rawHeaders.length > 2 * MAX_HEADERS) throw headersTooLarge();
  if (url.includes('%00')) throw malformed('The URL holds a NUL.');
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!ONLY_ONCE.has(name)) continue;
    if (seen.has(name)) throw malformed(`The header ${name} is there twice.`);
    seen.add(name);
  }
  checkTarget(url, host);
  const query = url.indexOf('?');
  if (query !== -1) checkQuery(url.slice(query + 1));
}

/** RFC 9112 §3.2: a path, or a whole URL of the host that the Host header names; `*` is for OPTIONS alone. */
function checkTarget(url: string, host: string | undefined): void {
  if (host !== undefined && !HOST.test(host))
    throw malformed('The Host header is not a host with an optional port.');
  if (url.includes('#')) throw malformed('The URL holds a fragment.');
  if (url.startsWith('/') || url === '*') return;
  const authority = /^https?:\/\/([^/?]*)/i.exec(url)?.[1];
  if (authority === undefined) throw malformed('The target of the request is neither a path nor a URL.');
  if (host !== undefined && authority.toLowerCase() !== host.toLowerCase()) throw misdirected();
}

/** Whether a path writes letters, digits, `-`, `.`, `_` and `~` as they are: each route has one spelling (RFC 3986 §6.2.2.2). */
export const isPlainlySpelled = (url: string): boolean => !NEEDLESS_ESCAPE.test(pathOf(url));

export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function checkQuery(query: string): void {
  const names = [...new URLSearchParams(query).keys()];
  if (new Set(names).size < names.length) throw malformed('A parameter of the URL is there twice.');
}

/**
 * Who sent a request: the client of the socket, or the one that the outermost trusted proxy saw. An entry that is no address,
 * or fewer entries than proxies, falls back to the socket: junk leads out of no limit.
 */
export function clientBehind(
  socketKey: string,
  forwardedFor: string | undefined,
  trustedHops: number,
): string {
  if (trustedHops === 0 || forwardedFor === undefined) return socketKey;
  return clientKey(forwardedFor.split(',').at(-trustedHops) ?? '') ?? socketKey;
}
