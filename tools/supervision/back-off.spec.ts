import { describe, expect, it } from '@jest/globals';
import { BackOff } from './back-off.ts';

describe('the back-off of restarts', () => {
  it('of a process that never becomes ready is short at first, doubles, and ends at 10 s', () => {
    const backOff = new BackOff();
    expect(Array.from({ length: 8 }, () => backOff.next(undefined))).toEqual([
      200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
    ]);
    expect(backOff.inARow).toBe(8);
  });

  it('is nothing after an accident, and begins anew with the next failure', () => {
    const backOff = new BackOff();
    backOff.next(undefined);
    backOff.next(undefined);
    expect(backOff.next(10)).toBe(0);
    expect(backOff.next(undefined)).toBe(200);
    expect(backOff.inARow).toBe(4);
    backOff.next(30_000);
    expect(backOff.inARow).toBe(1);
  });

  it('is a second when there are many accidents in a minute', () => {
    const backOff = new BackOff();
    const waits = Array.from({ length: 8 }, (_, n) => backOff.next(500, n * 2_000));
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 1_000, 1_000]);
    expect(backOff.next(500, 120_000)).toBe(0);
  });
});
