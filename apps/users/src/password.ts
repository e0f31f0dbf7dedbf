/** NIST SP 800-63B §5.1.1.2: at least 8 characters, long ones allowed, no rules about which. */
export const MIN_PASSWORD = 8;
/** Long enough for any phrase, short enough that hashing it costs nothing extra. */
export const MAX_PASSWORD = 128;

/** The same password typed on another keyboard is the same password. */
export const normalizePassword = (raw: string): string => raw.normalize('NFKC');

/** What speaks against a new password; undefined when nothing does. */
export function passwordIssue(raw: string): string | undefined {
  if (!raw.isWellFormed() || raw.includes('\0')) return 'The password holds characters that cannot be typed.';
  const { length } = Array.from(normalizePassword(raw));
  if (length < MIN_PASSWORD)
    return `The password needs at least ${MIN_PASSWORD} characters; this one has ${length}.`;
  if (length > MAX_PASSWORD)
    return `The password may have at most ${MAX_PASSWORD} characters; this one has ${length}.`;
  return undefined;
}
