import { describe, expect, it } from '@jest/globals';
import { median, medianByKey, percentile, rotated, spread, sumByKey } from './statistic.ts';

describe('percentile', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);

  it('is a value that was measured', () => {
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 95, 99, 100]);
  });

  it('of few values leans to the larger one', () => {
    expect(percentile([1, 2, 3], 0.99)).toBe(3);
    expect(percentile([7], 0.01)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('is not moved by one bad round', () => expect(median([10, 900, 11])).toBe(11));
  it('of an even number is between the two in the middle', () => expect(median([4, 1, 3, 2])).toBe(2.5));
  it('leaves its argument as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('records', () => {
  it('have medians by key', () =>
    expect(medianByKey([{ a: 1, b: 5 }, { a: 3 }, { a: 2, b: 7 }])).toEqual({ a: 2, b: 5 }));
  it('have sums by key', () => expect(sumByKey([{ a: 1 }, { a: 2, b: 3 }])).toEqual({ a: 3, b: 3 }));
});

it('the spread is a share of the median', () => expect(spread([90, 100, 110])).toBeCloseTo(0.2));

it('rounds begin with another one each', () =>
  expect([0, 1, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'abc']));
