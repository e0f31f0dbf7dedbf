import { isUtf8 } from 'node:buffer';
import { malformed } from './gateway.errors.ts';

const MAX_DEPTH = 64;

/**
 * Reads JSON and refuses what another reader could read differently: numbers that do not fit a double exactly,
 * `__proto__`, NUL, lone surrogates, bytes that are not UTF-8, nesting beyond 64 (RFC 7493, I-JSON).
 * @throws Refusal 400
 */
export function parseJson(body: Buffer | undefined): unknown {
  if (body === undefined || body.length === 0) throw malformed('The body is empty.');
  if (!isUtf8(body)) throw malformed('The body is not UTF-8.');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed('The body is not JSON.');
  }
  check(value, 0);
  return value;
}

/** @throws Refusal 400 when the value is anything but an object */
export function parseJsonObject(body: Buffer | undefined): Record<string, unknown> {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('The body must be one JSON object.');
  }
  return value as Record<string, unknown>;
}

function check(value: unknown, depth: number): void {
  if (typeof value === 'string') return checkText(value);
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw malformed('The body holds a number that is too large.');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw malformed('The body holds a key named __proto__.');
    checkText(key);
    check((value as Record<string, unknown>)[key], depth + 1);
  }
}

function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw malformed('The body holds text with NUL or half a character.');
  }
}
