import { describe, expect, it } from '@jest/globals';
import { closedLoop, codeOf } from './closed-loop.ts';

describe('the closed loop', () => {
  it('has so many on their way, never more, and counts what each came to', async () => {
    let now = 0;
    let most = 0;
    const result = await closedLoop({ concurrency: 3, ms: 60_000, atMost: 10 }, async (n) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return n === 4 ? 'refused' : 'done';
    });
    expect(most).toBe(3);
    expect(result).toMatchObject({ count: 10, outcomes: { done: 9, refused: 1 } });
    expect(result.latency.p50).toBeLessThanOrEqual(result.latency.max);
  });

  it('begins nothing more when its time is over', async () => {
    const result = await closedLoop({ concurrency: 2, ms: 0, atMost: 10 }, () => Promise.resolve('done'));
    expect(result.count).toBe(0);
  });
});

it('says an error by its code, or in its own words', () => {
  expect(codeOf(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('ECONNRESET');
  expect(codeOf(new Error('late'))).toBe('late');
});
