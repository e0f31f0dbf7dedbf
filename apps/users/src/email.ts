import { domainToASCII } from 'node:url';

const SHAPE = /^[^\s@"(),:;<>[\]\\]+@([^\s@.]+\.)+[^\s@.]+$/u;
const UNFIT = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}|\p{Cn}/u;
/** RFC 5321 §4.5.3.1, with RFC 3696's erratum on the whole. */
const MAX_LOCAL_BYTES = 64;
const MAX_BYTES = 254;

/**
 * The one spelling of an e-mail address that stands for all its spellings: NFKC, small letters, the domain in ASCII.
 * @returns undefined for what is no address
 */
export function normalizeEmail(raw: string): string | undefined {
  const email = raw.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
  if (UNFIT.test(email) || !SHAPE.test(email)) return undefined;
  const [local, domain] = email.split('@') as [string, string];
  const ascii = domainToASCII(domain);
  if (ascii === '' || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return undefined;
  const normal = `${local}@${ascii}`;
  const fits = Buffer.byteLength(local) <= MAX_LOCAL_BYTES && Buffer.byteLength(normal) <= MAX_BYTES;
  return fits ? normal : undefined;
}
