import { describe, expect, it } from '@jest/globals';
import { admits, reach } from './share.ts';

/** Lets greedy holders take one after the other until each is refused. */
function fill(capacity: number, holders: number): number[] {
  const held = Array<number>(holders).fill(0);
  let used = 0;
  for (let moved = true; moved;) {
    moved = false;
    for (let n = 0; n < holders; n++) {
      if (!admits(held[n]!, used, capacity)) continue;
      held[n]!++;
      used++;
      moved = true;
    }
  }
  return held;
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

describe('a shared resource', () => {
  it.each([1, 2, 3])('of %d is wholly there for one holder', (capacity) => {
    expect(fill(capacity, 1)).toEqual([capacity]);
  });

  it.each([10, 20, 100, 1_000, 4_096])(
    'of %d has room for a newcomer, however many are greedy',
    (capacity) => {
      for (const greedy of [1, 2, 3, 5, 10, 50, 200].filter((count) => count < capacity / 4)) {
        expect([greedy, admits(0, sum(fill(capacity, greedy)), capacity)]).toEqual([greedy, true]);
      }
    },
  );

  it.each([100, 1_000])(
    'of %d has room for a newcomer also when greedy ones come one after the other',
    (capacity) => {
      let used = 0;
      for (let greedy = 0; greedy < 12; greedy++) {
        for (let held = 0; admits(held, used, capacity); held++) used++;
        expect([greedy, admits(0, used, capacity)]).toEqual([greedy, true]);
      }
    },
  );

  it('is divided evenly, and a modest holder gets a part beside the greedy ones', () => {
    for (const greedy of [2, 5, 10, 50]) {
      const held = fill(1_000, greedy);
      expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
      let modest = 0;
      while (admits(modest, sum(held) + modest, 1_000)) modest++;
      expect(modest).toBeGreaterThanOrEqual(10);
    }
  });

  it('is not limited at 0', () => {
    expect(admits(1e9, 1e9, 0)).toBe(true);
  });

  it('is refused at the reach of a holder', () => {
    for (const capacity of [3, 20, 1_000]) {
      const [alone] = fill(capacity, 1) as [number];
      expect(Math.abs(Math.ceil(reach(0, 0, capacity)) - alone)).toBeLessThanOrEqual(1);
    }
  });
});
