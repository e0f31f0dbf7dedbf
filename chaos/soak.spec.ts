import { describe, expect, it } from '@jest/globals';
import { endless } from './soak.ts';

function first(count: number, seed: number): string[] {
  const found: string[] = [];
  for (const { fault, seed: own } of endless(seed)) {
    found.push(`${fault.title} ${own}`);
    if (found.length === count) return found;
  }
  return found;
}

describe('a soak', () => {
  it('is the same from the same seed, and another from another', () => {
    expect(first(20, 7)).toEqual(first(20, 7));
    expect(first(20, 7)).not.toEqual(first(20, 8));
  });

  it('has faults of many kinds, some among kills', () => {
    const some = first(60, 1);
    expect(new Set(some).size).toBeGreaterThan(30);
    expect(some.filter((title) => title.includes('a random service dies')).length).toBeGreaterThan(5);
  });
});
