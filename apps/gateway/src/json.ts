import { isUtf8 } from 'node:buffer';
import { malformed } from './gateway.errors.ts';

const MAX_DEPTH = 64;

type TextCheck = (text: string, what: string) => void;

/**
 * Reads JSON and refuses what another reader could read differently: numbers that do not fit a double exactly,
 * `__proto__`, NUL, lone surrogates, bytes that are not UTF-8, nesting beyond 64 (RFC 7493, I-JSON).
 * @throws Refusal 400
 */
function parseJson(body: Buffer | undefined): unknown {
  if (body === undefined || body.length === 0) throw malformed('The body is empty.');
  if (!isUtf8(body)) throw malformed('The body is not UTF-8.');
  return parseText(body.toString('utf8'), 'The body');
}

function parseText(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(`${what} is not JSON.`);
  }
  // NUL and half a character can only be written as \u escapes: the bytes are UTF-8, and JSON has no bare control characters.
  check(value, 0, text.includes('\\u') ? checkText : undefined, what);
  return value;
}

/** @throws Refusal 400 when the value is anything but an object */
export function parseJsonObject(body: Buffer | undefined): Record<string, unknown> {
  return objectOf(parseJson(body), 'The body');
}

/** The same for JSON in a parameter of the URL. @param what names it, at the beginning of a sentence */
export function parseJsonParameter(text: string, what: string): Record<string, unknown> {
  return objectOf(parseText(text, what), what);
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(`${what} must be one JSON object.`);
  }
  return value as Record<string, unknown>;
}

function check(value: unknown, depth: number, textCheck: TextCheck | undefined, what: string): void {
  if (typeof value === 'string') return textCheck?.(value, what);
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw malformed(`${what} holds a number that is too large.`);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === MAX_DEPTH) throw malformed(`${what} is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1, textCheck, what);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw malformed(`${what} holds a key named __proto__.`);
    textCheck?.(key, what);
    check((value as Record<string, unknown>)[key], depth + 1, textCheck, what);
  }
}

function checkText(text: string, what: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw malformed(`${what} holds text with NUL or half a character.`);
  }
}
