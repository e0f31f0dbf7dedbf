import { describe, expect, it } from '@jest/globals';
import { parseBusy, parseTimes, timesByTree, used } from './cpu.ts';

describe('CPU time', () => {
  it('is read from behind a name with blanks and brackets, ended children included', () => {
    const stat = '42 (post gres (x) y) S 7 42 42 0 -1 4194560 100 0 0 0 150 50 20 10 20 0 1 0 123 4 5';
    expect(parseTimes(stat)).toEqual({ parent: 7, ms: 2_300 });
  });

  it('of the machine leaves out idle and waiting', () => {
    expect(parseBusy('cpu  100 10 50 9000 77 5 5 3 0 0\ncpu0 1 2 3')).toBe(1_700);
  });

  it('belongs to the nearest root above', () => {
    const times = new Map([
      [1, { parent: 0, ms: 1_000 }],
      [10, { parent: 1, ms: 5 }],
      [11, { parent: 10, ms: 7 }],
      [12, { parent: 11, ms: 9 }],
      [20, { parent: 1, ms: 3 }],
    ]);
    expect(timesByTree(times, { postgres: 10, orders: 20, away: 99 })).toEqual({
      postgres: 21,
      orders: 3,
      away: 0,
    });
  });

  it('between two readings is a difference', () => {
    expect(used({ byProcess: { a: 1 }, machine: 10 }, { byProcess: { a: 5, b: 2 }, machine: 30 })).toEqual({
      byProcess: { a: 4, b: 2 },
      machine: 20,
    });
  });
});
