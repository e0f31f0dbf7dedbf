import { sku } from '@caravan/contracts';
import type { z } from 'zod';
import { badInput } from './public-errors.ts';

export const MAX_PAGE = 100;
const MAX_CURSOR = 200;

/** An opaque cursor: base64url of the key of the last item of a page. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/**
 * @param shape what the list's keys look like
 * @returns the key, or undefined for the first page
 * @throws Failure that says BAD_USER_INPUT for what was never a cursor
 */
export function decodeCursor(
  cursor: string | null | undefined,
  shape: z.ZodType<string> = sku,
): string | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const key = cursor.length > MAX_CURSOR ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
  if (encodeCursor(key) !== cursor || !shape.safeParse(key).success)
    throw badInput('"after" is not a cursor of this list.');
  return key;
}

/** The page size that a client asks for: what is absent or null is the field's own default. */
export const wishedPage = (first: number | null | undefined, fallback: number): number => first ?? fallback;

/**
 * The number of items to ask for.
 * @throws Failure that says BAD_USER_INPUT when it is not 1 to MAX_PAGE
 */
export function pageSize(first: number | null | undefined, fallback: number): number {
  const wished = wishedPage(first, fallback);
  if (wished < 1 || wished > MAX_PAGE) throw badInput(`"first" must be 1 to ${MAX_PAGE}.`);
  return wished;
}

/**
 * Text to look for: trimmed, NFC; nothing when it is empty.
 * @throws Failure that says BAD_USER_INPUT when it is longer than `max` or has control characters
 */
export function searchText(name: string, text: string | null | undefined, max: number): string | undefined {
  const cleaned = text?.normalize('NFC').trim();
  if (!cleaned) return undefined;
  if (cleaned.length > max) throw badInput(`"${name}" must have at most ${max} characters.`);
  if (/[\p{Cc}\p{Cs}]/u.test(cleaned)) throw badInput(`"${name}" must not have control characters.`);
  return cleaned;
}
