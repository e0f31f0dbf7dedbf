/**
 * Foreign text in a form that PostgreSQL and AMQP headers can keep: no NUL, well-formed Unicode, cut between code points.
 * @param max UTF-16 code units that are kept at most
 */
export function storable(text: string, max: number): string {
  const clean = (text.length > 4 * max ? text.slice(0, 4 * max) : text).replaceAll('\0', '').toWellFormed();
  if (clean.length <= max) return clean;
  const splitsPair = max > 0 && isHighSurrogate(clean.charCodeAt(max - 1));
  return clean.slice(0, splitsPair ? max - 1 : max);
}

/** Escapes that JSON may contain and jsonb refuses. `JSON.stringify` writes half a surrogate pair as an escape. */
const REFUSED = /\\u(?:0000|[dD][89a-fA-F])/;

/**
 * JSON text that a `json` or `jsonb` column can keep: every string in it, keys included, is made storable.
 * @param value what `JSON.stringify` accepts
 */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  return REFUSED.test(json) ? JSON.stringify(cleaned(JSON.parse(json))) : json;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storable(value, value.length);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleaned(key), cleaned(entry)]));
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
