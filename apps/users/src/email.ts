import { domainToASCII } from 'node:url';

const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}]/u;
/** RFC 5322 §3.2.3 `atext` and dots, and beyond ASCII what RFC 6531 adds. Quoted local parts are not taken. */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~.\-\u{80}-\u{10ffff}]+$/u;
/** A label as people write it: letters, marks, digits and hyphens of any script. */
const LABEL = /^[\p{L}\p{M}\p{N}-]+$/u;
/** RFC 1123 §2.1: a label as it stands in the DNS. */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** No top-level domain holds digits, but for those in Punycode. */
const TOP_LEVEL = /^(?:[a-z]{2,63}|xn--[a-z0-9-]+)$/;
/** RFC 5321 §4.5.3.1, with RFC 3696's erratum on the whole. */
const MAX_LOCAL_BYTES = 64;
const MAX_BYTES = 254;

/**
 * The one spelling of an e-mail address that stands for all its spellings: NFKC, small letters, the domain in ASCII.
 * @returns undefined for what is no address
 */
export function normalizeEmail(raw: string): string | undefined {
  const email = raw.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
  if (UNFIT.test(email)) return undefined;
  const [local = '', written = '', ...rest] = email.split('@');
  const domain = asciiDomain(written);
  if (rest.length > 0 || domain === undefined || !LOCAL.test(local)) return undefined;
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return undefined;
  const normal = `${local}@${domain}`;
  const fits = Buffer.byteLength(local) <= MAX_LOCAL_BYTES && Buffer.byteLength(normal) <= MAX_BYTES;
  return fits ? normal : undefined;
}

/**
 * A domain of two or more labels in ASCII. `domainToASCII` is a parser of URL hosts (it ends at `/ ? #`, decodes
 * `%61` and reads numbers as IPv4), so it sees only what can be a label and must leave ASCII labels as they are.
 */
function asciiDomain(written: string): string | undefined {
  const labels = written.split('.');
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined;
  const ascii = labels.map((label) => domainToASCII(label));
  const unchanged = labels.every((label, n) => !/^[a-z0-9-]+$/.test(label) || ascii[n] === label);
  if (!unchanged || !ascii.every((label) => DNS_LABEL.test(label)) || !TOP_LEVEL.test(ascii.at(-1)!))
    return undefined;
  return ascii.join('.');
}
