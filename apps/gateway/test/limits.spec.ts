import { describe, expect, it } from '@jest/globals';
import { Failure, GetPicture, InventoryFailure, Login } from '@caravan/contracts';
import { startDoor } from './door.ts';

const QUERY = { query: '{ me { id } }' };

async function withDoor(
  env: Record<string, string>,
  work: (door: Awaited<ReturnType<typeof startDoor>>) => Promise<void>,
) {
  const door = await startDoor(env);
  try {
    await work(door);
  } finally {
    await door.stop();
  }
}

const counted = (answers: Response[]) => ({
  passed: answers.filter(({ status }) => status === 200).length,
  limited: answers.filter(({ status }) => status === 429),
});

/** What may pass of requests made since `start` (ms), in windows of a second that began at any moment: the machine may be slow. */
const atMost = (quota: number, start: number) => quota * (Math.ceil((performance.now() - start) / 1_000) + 1);

describe('limits', () => {
  it('let an address have its quota and tell the rest when to come back, whatever X-Forwarded-For says', () =>
    withDoor({ RATE_LIMIT_PER_ADDRESS: '20' }, async (door) => {
      const start = performance.now();
      const answers = await Promise.all(
        [...Array(60).keys()].map((n) => door.fetch('/', { headers: { 'x-forwarded-for': `10.0.0.${n}` } })),
      );
      const { passed, limited } = counted(answers);
      expect(passed).toBeGreaterThanOrEqual(20);
      expect(passed).toBeLessThanOrEqual(atMost(20, start));
      const [first] = limited;
      expect(first!.headers.get('retry-after')).toBe('1');
      expect(first!.headers.get('ratelimit')).toMatch(/^"address";r=0;t=1$/);
      expect(first!.headers.get('ratelimit-policy')).toBe('"address";q=20;w=1');
      expect(await first!.json()).toMatchObject({ status: 429, code: 'gateway.rate-limited' });
    }));

  it('count by the address that the trusted proxy saw', () =>
    withDoor({ RATE_LIMIT_PER_ADDRESS: '1', TRUST_PROXY_HOPS: '1' }, async (door) => {
      const from = (forwarded: string) => door.fetch('/', { headers: { 'x-forwarded-for': forwarded } });
      const answers = await Promise.all([...Array(20).keys()].map((n) => from(`10.0.0.${n}`)));
      expect(counted(answers).passed).toBe(20);
      const start = performance.now();
      const spoofed = await Promise.all([...Array(20).keys()].map((n) => from(`10.9.0.${n}, 10.0.1.1`)));
      expect(counted(spoofed).passed).toBeLessThanOrEqual(atMost(1, start));
    }));

  it('count a customer wherever the requests come from, and not the others', () =>
    withDoor({ RATE_LIMIT_PER_CUSTOMER: '10' }, async (door) => {
      const [one, two] = await Promise.all(['c1', 'c2'].map((sub) => door.token({ claims: { sub } })));
      const ask = (token: string) => door.post('/web/graphql', QUERY, { authorization: `Bearer ${token}` });
      const start = performance.now();
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(one!)));
      expect(counted(answers).passed).toBeLessThanOrEqual(atMost(10, start));
      expect((await ask(two!)).status).toBe(200);
      expect((await door.post('/web/graphql', QUERY)).status).toBe(200);
    }));

  it('are tighter for signing in and for paths that do not exist', () =>
    withDoor({ RATE_LIMIT_AUTH: '5', RATE_LIMIT_UNKNOWN_PATHS: '5' }, async (door) => {
      door.services.when(Login, { refreshToken: 'r' });
      const logins = await Promise.all(
        Array.from({ length: 12 }, () => door.post('/v1/auth/login', { email: 'a', password: 'b' })),
      );
      const { passed, limited } = counted(logins);
      expect([passed, limited.length]).toEqual([5, 7]);
      expect(Number(limited[0]!.headers.get('retry-after'))).toBeGreaterThan(30);
      expect(door.services.times(Login)).toBe(5);
      const start = performance.now();
      const strays = await Promise.all(Array.from({ length: 30 }, (_, n) => door.fetch(`/stray-${n}`)));
      expect(strays.filter(({ status }) => status === 404).length).toBeLessThanOrEqual(atMost(5, start));
      expect(strays.some(({ status }) => status === 429)).toBe(true);
      expect((await door.fetch('/')).status).toBe(200);
    }));

  it('count every kind of path that leads nowhere as unknown', () =>
    withDoor({ RATE_LIMIT_UNKNOWN_PATHS: '5' }, async (door) => {
      door.services.when(GetPicture, new Failure(InventoryFailure.unknownSku, 'There is no such product.'));
      const long = 'x'.repeat(2_000);
      for (const path of [
        '/%ZZ',
        `/images/${long}.svg`,
        '/images/none.svg',
        '/%77eb/graphiql',
        '/images/a%2fb',
      ]) {
        const answers = await Promise.all(Array.from({ length: 40 }, () => door.fetch(path)));
        expect([path, answers.some(({ status }) => status === 429)]).toEqual([path, true]);
      }
      expect(door.services.times(GetPicture)).toBeLessThan(40);
      expect((await door.fetch('/')).status).toBe(200);
    }));

  it('are off at 0', () =>
    withDoor(
      { RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_CUSTOMER: '0', RATE_LIMIT_AUTH: '0' },
      async (door) => {
        const answers = await Promise.all(Array.from({ length: 300 }, () => door.fetch('/')));
        expect(counted(answers).passed).toBe(300);
      },
    ));

  it('hold without the Redis they should be shared over', () =>
    withDoor({ RATE_LIMIT_PER_ADDRESS: '10', REDIS_URL: 'redis://127.0.0.1:9' }, async (door) => {
      const start = performance.now();
      const answers = await Promise.all(Array.from({ length: 40 }, () => door.fetch('/')));
      const { passed } = counted(answers);
      expect(passed).toBeGreaterThanOrEqual(10);
      expect(passed).toBeLessThanOrEqual(atMost(10, start));
    }));

  it('shed what is too much at once, and take new requests when the others are done', () =>
    withDoor({ MAX_IN_FLIGHT: '3' }, async (door) => {
      const waiting: (() => void)[] = [];
      const three = new Promise<void>((resolve) =>
        door.upstream.answerWith((_seen, response) => {
          waiting.push(() => void response.end('{}'));
          if (waiting.length === 3) resolve();
        }),
      );
      const pending = Array.from({ length: 3 }, () => door.post('/web/graphql', QUERY));
      await three;
      const shed = await door.post('/web/graphql', QUERY);
      expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await shed.json()).toMatchObject({ code: 'gateway.overloaded' });
      for (const answer of waiting) answer();
      expect(counted(await Promise.all(pending)).passed).toBe(3);
      expect((await door.fetch('/')).status).toBe(200);
    }));
});
