import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Limit } from './limit.ts';

const DAY_MS = 86_400_000;
let aheadMs: number;
let limit: Limit;

beforeEach(() => {
  const real = Date.now;
  aheadMs = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => real() + aheadMs);
  limit = new Limit(
    { name: 'test', quota: 1, windowSeconds: 1 },
    new RateLimiterMemory({ points: 1, duration: 1 }),
  );
});
afterEach(() => void jest.restoreAllMocks());

const waits = async (): Promise<number> => {
  const refusal = await limit.take('client');
  return refusal ? Number(/Try again in (\d+) s/.exec(refusal.message)![1]) : 0;
};

describe.each([5 * DAY_MS, -5 * DAY_MS, 3_600_000, -30_000])('a clock that is stepped by %d ms', (step) => {
  it('prolongs no refusal', async () => {
    expect(await waits()).toBe(0);
    expect(await waits()).toBe(1);
    aheadMs = step;
    expect(await waits()).toBeLessThanOrEqual(1);
  });

  it('prolongs no window in which nothing was refused yet', async () => {
    expect(await waits()).toBe(0);
    aheadMs = step;
    expect(await waits()).toBeLessThanOrEqual(1);
    aheadMs = 0;
    expect(await waits()).toBeLessThanOrEqual(1);
  });
});
