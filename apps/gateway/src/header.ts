import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { MAX_HEADERS, MAX_URL } from './bounds.ts';
import { headersTooLarge, malformed, urlTooLong } from './gateway.errors.ts';

const REQUEST_ID = /^[\w.:@/+=-]{1,128}$/;
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
/** Of a media type: the charset, and an empty one after a last semicolon. */
const MAX_PARAMETERS = 2;
/** Headers of which one must be meant; Node would quietly take the first. */
const ONLY_ONCE = new Set(['authorization', 'host', 'content-type']);

/** The incoming request id when it is fit to be logged and sent back, a new one otherwise. */
export function requestIdFrom(value: string | string[] | undefined): string {
  return typeof value === 'string' && REQUEST_ID.test(value) ? value : randomUUID();
}

/** The token of an Authorization header, or undefined when it holds none. */
export const bearerToken = (authorization: string): string | undefined => BEARER.exec(authorization)?.[1];

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

/** @throws Refusal 400, 414 or 431 for a request line or header that could be read in two ways or costs too much */
export function checkHead(url: string, rawHeaders: readonly string[]): void {
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
  const query = url.indexOf('?');
  if (query !== -1) checkQuery(url.slice(query + 1));
}

function checkQuery(query: string): void {
  const names = [...new URLSearchParams(query).keys()];
  if (new Set(names).size < names.length) throw malformed('A parameter of the URL is there twice.');
}

/**
 * Whose limit a request counts against: the socket's address, or what the outermost trusted proxy saw. An entry that
 * is not an address, or fewer entries than proxies, falls back to the socket: nobody gets out of a limit by junk.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: string | undefined,
  trustedHops: number,
): string {
  if (trustedHops === 0 || forwardedFor === undefined) return plain(socketAddress);
  const seen = forwardedFor.split(',').at(-trustedHops)?.trim() ?? '';
  return plain(isIP(seen) === 0 ? socketAddress : seen);
}

/** An IPv6 customer has a whole /64: it counts as one. */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}

const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
