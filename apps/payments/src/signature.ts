import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_S = 300;

/**
 * Checks a `Stripe-Signature` header: `t=<seconds>,v1=<hex HMAC of "t.payload">`, v1 possibly several times.
 * https://docs.stripe.com/webhooks#verify-manually
 * @param nowS seconds since the epoch
 * @returns bad: not signed with any of the secrets · stale: signed, but not now (nor near it), or the time is none
 */
export function judgeSignature(
  payload: string,
  header: string,
  secrets: readonly string[],
  nowS: number,
): 'good' | 'bad' | 'stale' {
  const parts = header.split(',').map((part) => part.trim());
  const valuesOf = (name: string) =>
    parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
  const times = valuesOf('t');
  if (times.length === 0) return 'bad';
  const [time = ''] = times;
  if (times.length > 1 || !/^\d{1,12}$/.test(time)) return 'stale';
  const given = valuesOf('v1').map((hex) => Buffer.from(hex));
  const signed = secrets.some((secret) => {
    const wanted = Buffer.from(createHmac('sha256', secret).update(`${time}.${payload}`).digest('hex'));
    return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
  });
  if (!signed) return 'bad';
  return Math.abs(nowS - Number(time)) <= TOLERANCE_S ? 'good' : 'stale';
}
