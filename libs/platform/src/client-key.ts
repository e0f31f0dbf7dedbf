import { isIP } from 'node:net';

/** Prefixes of six groups behind which an IPv6 address carries the IPv4 address of its client (RFC 4291, 2765, 6052). */
const CARRIES_IPV4 = new Set(['0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '64:ff9b:0:0:0:0']);

/**
 * The one name of the client behind an address, for limits, shares, locks and logs: an IPv4 address however it is spelled,
 * or `2001:db8:1:2::/64` for IPv6, because an IPv6 client owns a /64. The key of a key is that key.
 * @param address as a socket, a header or an earlier call gives it; with or without port, brackets and zone
 * @returns undefined for what is no address
 */
export function clientKey(address: string): string | undefined {
  const text = bare(address.trim());
  const version = isIP(text);
  if (version === 4) return text;
  return version === 6 ? ipv6Key(text) : undefined;
}

/** Without port, brackets, zone and the prefix length that this module itself writes. */
function bare(text: string): string {
  if (text.endsWith('::/64')) return text.slice(0, -3);
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    return isPort(text.slice(end + 1)) ? withoutZone(text.slice(1, end)) : '';
  }
  const colon = text.indexOf(':');
  const hasPort = colon !== -1 && colon === text.lastIndexOf(':') && isPort(text.slice(colon));
  return withoutZone(hasPort ? text.slice(0, colon) : text);
}

const isPort = (text: string): boolean => text === '' || /^:\d{1,5}$/.test(text);

function withoutZone(text: string): string {
  const zone = text.indexOf('%');
  return zone === -1 ? text : text.slice(0, zone);
}

function ipv6Key(address: string): string {
  const groups = groupsOf(address);
  if (CARRIES_IPV4.has(groups.slice(0, 6).join(':'))) {
    return groups
      .slice(6)
      .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
      .join('.');
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** All eight groups, in small letters and without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = parts(head);
  const right = parts(tail ?? '');
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right];
}

function parts(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16).toString(16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
  });
}
