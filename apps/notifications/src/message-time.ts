/**
 * When a message was made, from its id.
 * @returns null for an id that is no uuid of version 7 (RFC 9562 §5.7), which begins with the milliseconds since 1970
 */
export function madeAt(id: string): Date | null {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7/i.test(id)) return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
