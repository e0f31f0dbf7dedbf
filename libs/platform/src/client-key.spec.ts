import { describe, expect, it } from '@jest/globals';
import { clientKey } from './client-key.ts';

/** Numbers that look random and are the same every time. */
function* numbers(seed: number): Generator<number, never> {
  for (let x = seed; ;) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    yield x;
  }
}
const stream = numbers(7);
const upTo = (limit: number): number => Math.floor((stream.next().value / 2 ** 32) * limit);

/** Every way in which the same IPv4 client can come along. */
function spellingsOfIpv4(bytes: number[]): string[] {
  const dotted = bytes.join('.');
  const [a, b, c, d] = bytes as [number, number, number, number];
  const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const mapped = [`::ffff:${dotted}`, `::FFFF:${dotted}`, `::ffff:${hex}`, `0:0:0:0:0:ffff:${hex}`];
  const padded = `0000:0000:0000:0000:0000:ffff:${hex
    .split(':')
    .map((part) => part.padStart(4, '0'))
    .join(':')}`;
  const translated = [`64:ff9b::${dotted}`, `64:FF9B::${hex}`, `::ffff:0:${dotted}`];
  const all = [dotted, ...mapped, padded, ...translated];
  return [...all, `${dotted}:443`, ` ${dotted} `, ...all.slice(1).map((text) => `[${text}]:8443`)];
}

/** Every way in which an address of the same /64 can come along. */
function spellingsOfIpv6(prefix: number[]): string[] {
  const host = Array.from({ length: 4 }, () => upTo(65_536));
  const groups = [...prefix, ...host].map((group) => group.toString(16));
  const full = groups.map((group) => group.padStart(4, '0')).join(':');
  const plain = groups.join(':');
  const ipv4Tail = `${groups.slice(0, 6).join(':')}:1.2.3.4`;
  const short = `${prefix.map((group) => group.toString(16)).join(':')}::1`;
  return [plain, full, full.toUpperCase(), ipv4Tail, short, `${plain}%eth0`, `[${plain}]`, `[${plain}]:443`];
}

describe('the key of a client', () => {
  it('is the same for every spelling of an IPv4 address, and that address', () => {
    for (let n = 0; n < 500; n++) {
      const bytes = Array.from({ length: 4 }, () => upTo(256));
      const keys = new Set(spellingsOfIpv4(bytes).map(clientKey));
      expect([...keys]).toEqual([bytes.join('.')]);
    }
  });

  it('is the same for every spelling of every address of a /64, and another for the next', () => {
    for (let n = 0; n < 500; n++) {
      const prefix = [0x2001, 0xdb8, upTo(65_536), upTo(65_535)];
      const keys = new Set([...spellingsOfIpv6(prefix), ...spellingsOfIpv6(prefix)].map(clientKey));
      expect(keys.size).toBe(1);
      prefix[3]!++;
      expect(keys.has(clientKey(spellingsOfIpv6(prefix)[0]!))).toBe(false);
    }
  });

  it('is its own key', () => {
    for (const address of ['192.0.2.1', '2001:db8:1:2:3::4', '::1', 'fe80::1%lo']) {
      const key = clientKey(address)!;
      expect(clientKey(key)).toBe(key);
    }
    expect(clientKey('2001:DB8:0:0:1::')).toBe('2001:db8:0:0::/64');
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '1.2.3.4:x',
    '::g',
    '[::1',
    '1:2:3:4',
    '1.2.3.4/8',
  ])('is none for %j', (text) => expect(clientKey(text)).toBeUndefined());
});
