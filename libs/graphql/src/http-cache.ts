import { createHash } from 'node:crypto';

/** How long caches keep a public answer: prices and stock on a page may be this old. */
const PUBLIC_SECONDS = 5;

export const PUBLIC_FOR_A_MOMENT = `public, max-age=${PUBLIC_SECONDS}`;
export const FOR_NO_CACHE = 'private, no-store';

/** What an answer to GET depends on besides its URL. */
export const GET_VARIES_BY = 'Accept, Accept-Language, Authorization';

/** A weak validator: the same answer compressed is still the same. */
export const etagOf = (body: string): string => `W/"${createHash('sha1').update(body).digest('base64url')}"`;

/** Weak comparison with If-None-Match (RFC 9110 §13.1.2). */
export function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (tag: string) => (tag.startsWith('W/') ? tag.slice(2) : tag);
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || opaque(tag) === opaque(etag));
}
