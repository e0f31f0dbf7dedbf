import { describe, expect, it } from '@jest/globals';
import { Shelf, Stock } from './stock.ts';

const of = (sku: string, onHand: number) => new Stock(sku, onHand, 0, 0, onHand);
const balanced = (stock: Stock) => stock.received === stock.onHand + stock.reserved + stock.sold;

describe('stock', () => {
  it('moves pieces between on hand, reserved and sold and loses none', () => {
    const stock = of('a', 10);
    stock.reserve(4);
    stock.sell(3);
    stock.release(1);
    stock.takeBack(2);
    stock.restock(5);
    expect(stock).toMatchObject({ sku: 'a', onHand: 14, reserved: 0, sold: 1, received: 15 });
  });

  it.each([0, -1, 1.5, Number.NaN, 11])('refuses to reserve %p of 10', (quantity) => {
    const stock = of('a', 10);
    expect(() => stock.reserve(quantity)).toThrow(/cannot be moved/);
    expect(stock.onHand).toBe(10);
  });

  it('refuses to sell, release or take back what it does not have', () => {
    expect(() => of('a', 10).sell(1)).toThrow(/cannot be moved/);
    expect(() => of('a', 10).release(1)).toThrow(/cannot be moved/);
    expect(() => of('a', 10).takeBack(1)).toThrow(/cannot be moved/);
  });

  it('refuses more pieces than its counters hold', () => {
    expect(() => of('a', 999_999_999).restock(2)).toThrow(
      expect.objectContaining({ code: 'inventory.too-much-stock' }),
    );
  });
});

describe('shelf', () => {
  it('reserves all lines or none, and tells what is missing', () => {
    const [a, b] = [of('a', 5), of('b', 1)];
    const shelf = new Shelf([a, b]);
    const lines = [
      { sku: 'a', quantity: 2 },
      { sku: 'b', quantity: 2 },
      { sku: 'c', quantity: 1 },
    ];
    expect(shelf.reserve(lines)).toEqual([
      { sku: 'b', requested: 2, available: 1 },
      { sku: 'c', requested: 1, available: 0 },
    ]);
    expect(shelf.changed()).toEqual([]);
    expect([a.reserved, b.reserved]).toEqual([0, 0]);
  });

  it('gives the last pieces to those who came first', () => {
    const stock = of('a', 3);
    const shelf = new Shelf([stock]);
    const answers = [2, 2, 1].map((quantity) => shelf.reserve([{ sku: 'a', quantity }]).length === 0);
    expect(answers).toEqual([true, false, true]);
    expect(shelf.changed()).toEqual([stock]);
  });

  it('keeps its books through any sequence', () => {
    const stocks = ['a', 'b', 'c'].map((sku) => of(sku, 20));
    const shelf = new Shelf(stocks);
    const held: { sku: string; quantity: number }[][] = [];
    let seed = 7;
    const next = (bound: number) => (seed = (seed * 48_271) % 2_147_483_647) % bound;
    for (let i = 0; i < 2000; i++) {
      if (held.length > 0 && next(3) === 0) shelf.release(held.splice(next(held.length), 1)[0] ?? []);
      const lines = ['a', 'b', 'c'].slice(next(3)).map((sku) => ({ sku, quantity: 1 + next(4) }));
      if (shelf.reserve(lines).length === 0) held.push(lines);
      for (const stock of stocks) {
        expect(balanced(stock)).toBe(true);
        expect(Math.min(stock.onHand, stock.reserved, stock.sold)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
