import { describe, expect, it } from '@jest/globals';
import { Random } from './random.ts';

const some = (random: Random) => Array.from({ length: 5 }, () => random.int(1, 1_000_000));

describe('chance from a seed', () => {
  it('is the same for the same seed', () => {
    expect(some(new Random(7))).toEqual(some(new Random(7)));
    expect(some(new Random(7))).not.toEqual(some(new Random(8)));
  });

  it('does not change in one place because of another', () => {
    const disturbed = new Random(7);
    const load = disturbed.fork('load');
    some(disturbed.fork('fault'));
    expect(some(load)).toEqual(some(new Random(7).fork('load')));
  });

  it('keeps to its bounds and loses nothing when it shuffles', () => {
    const random = new Random(3);
    const drawn = new Set(Array.from({ length: 200 }, () => random.int(2, 4)));
    expect([...drawn].sort()).toEqual([2, 3, 4]);
    expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  });
});
