import { describe, expect, it } from '@jest/globals';
import { storiesFrom } from './stories.ts';

const product = (sku: string, available: number | null) => ({
  sku,
  name: sku,
  available,
  price: { formatted: '€1.00' },
});

describe("the demo's orders", () => {
  it('take what there is plenty of, and one more than there is of what is scarce', () => {
    const stories = storiesFrom([
      product('sold-out', 0),
      product('few', 3),
      product('many', 500),
      product('most', 900),
    ]);
    expect(stories.map(({ line }) => [line.product.sku, line.quantity])).toEqual([
      ['most', 2],
      ['many', 1],
      ['few', 4],
    ]);
  });

  it('never ask for more than an order line may hold', () => {
    const stories = storiesFrom([product('a', 5_000), product('b', 1_000), product('c', 999)]);
    expect(stories[2]?.line.quantity).toBe(1_000);
  });

  it('say so when the shop is empty', () => {
    expect(() => storiesFrom([product('a', 0), product('b', null)])).toThrow('--fresh');
  });
});
