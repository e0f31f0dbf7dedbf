import { describe, expect, it } from '@jest/globals';
import { Order, type OrderRequest } from './order.ts';

const product = (sku: string, priceMinor: number) => ({
  sku,
  priceMinor,
  name: `Name of ${sku}`,
  description: '',
  category: '',
  imageUrl: '',
  currency: 'EUR',
  available: 0,
});
const catalogue = new Map([product('A', 1_050), product('B', 99)].map((entry) => [entry.sku, entry]));
const request: OrderRequest = {
  customerId: 'c',
  idempotencyKey: 'k',
  lines: [
    { sku: 'A', quantity: 2 },
    { sku: 'B', quantity: 1 },
  ],
  paymentMethod: 'pm_card_visa',
  shippingAddress: { name: 'Ada', line1: 'Street 1', city: 'London', postalCode: 'SW1', country: 'GB' },
};
const accept = (change: Partial<OrderRequest> = {}) =>
  Order.accept('o', { ...request, ...change }, catalogue, 'trace');

describe('an order', () => {
  it('has the prices of the shop and adds up in minor units', () => {
    expect(accept()).toMatchObject({
      status: 'PENDING',
      totalMinor: 2_199,
      currency: 'EUR',
      lines: [
        { sku: 'A', name: 'Name of A', quantity: 2, unitPriceMinor: 1_050, totalMinor: 2_100 },
        { sku: 'B', name: 'Name of B', quantity: 1, unitPriceMinor: 99, totalMinor: 99 },
      ],
    });
  });

  it('makes one line of the same sku twice', () => {
    const order = accept({
      lines: [
        { sku: 'A', quantity: 1 },
        { sku: 'B', quantity: 1 },
        { sku: 'A', quantity: 2 },
      ],
    }) as Order;
    expect(order.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['A', 3],
      ['B', 1],
    ]);
  });

  it('tells every product that does not exist', () => {
    expect(
      accept({
        lines: [
          { sku: 'X', quantity: 1 },
          { sku: 'A', quantity: 1 },
          { sku: 'Y', quantity: 1 },
        ],
      }),
    ).toEqual([
      { path: 'lines.0.sku', message: 'There is no product "X".' },
      { path: 'lines.2.sku', message: 'There is no product "Y".' },
    ]);
  });

  it('refuses a total that no order may have, before any effect', () => {
    const dear = new Map([['A', product('A', 5_000_000)]]);
    const issues = Order.accept('o', { ...request, lines: [{ sku: 'A', quantity: 1_000 }] }, dear, 'trace');
    expect(issues).toEqual([
      { path: 'lines', message: expect.stringContaining('more than one order may be worth') },
    ]);
  });
});
