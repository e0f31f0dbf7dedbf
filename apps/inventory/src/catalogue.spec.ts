import { describe, expect, it } from '@jest/globals';
import { product } from '@caravan/contracts';
import { catalogue } from './catalogue.ts';

const products = catalogue();

describe('the demo catalogue', () => {
  it('has some 200 products in 8 categories', () => {
    expect(products.length).toBeGreaterThanOrEqual(195);
    expect(new Set(products.map(({ category }) => category)).size).toBe(8);
  });

  it('repeats no sku and no name', () => {
    expect(new Set(products.map(({ sku }) => sku)).size).toBe(products.length);
    expect(new Set(products.map(({ name }) => name)).size).toBe(products.length);
  });

  it('has products that contracts allow, under skus that urls allow', () => {
    for (const each of products) {
      product.omit({ imageUrl: true }).parse(each);
      expect(each.sku).toMatch(/^[A-Z]{3}-[A-Z]+-[A-Z0-9]+$/);
      expect(each.priceMinor).toBeGreaterThan(500);
      expect(each.description.length).toBeGreaterThan(60);
    }
  });

  it('has plenty of most, one to three of a few, and a few that are sold out', () => {
    const count = (test: (available: number) => boolean) =>
      products.filter(({ available }) => test(available)).length;
    expect(count((available) => available >= 100)).toBeGreaterThan(products.length * 0.8);
    expect(count((available) => available > 500)).toBe(0);
    expect(count((available) => available >= 1 && available <= 3)).toBeGreaterThanOrEqual(5);
    expect(count((available) => available === 0)).toBeGreaterThanOrEqual(5);
  });

  it('is the same each time', () => {
    expect(catalogue()).toEqual(products);
  });
});
