import { describe, expect, it } from '@jest/globals';
import { BackOff } from './back-off.ts';

describe('the back-off of restarts', () => {
  it('is short at first, doubles, and ends at 10 s', () => {
    const backOff = new BackOff();
    expect(Array.from({ length: 8 }, () => backOff.next(0))).toEqual([
      200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
    ]);
    expect(backOff.inARow).toBe(8);
  });

  it('begins anew after 30 s of health', () => {
    const backOff = new BackOff();
    backOff.next(0);
    backOff.next(0);
    expect(backOff.next(29_999)).toBe(800);
    expect(backOff.next(30_000)).toBe(200);
  });
});
