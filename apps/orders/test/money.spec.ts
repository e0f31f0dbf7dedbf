import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, type DataOf, OrderConfirmed, PlaceOrder } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Street, wish } from './street.ts';

let street: Street;

beforeAll(async () => {
  street = await Street.open();
});
afterAll(() => street?.close());

const order = (...lines: [sku: string, quantity: number][]) => ({
  customerId: uuid(),
  idempotencyKey: uuid(),
  lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
});

/** Asks for an order that is refused, and looks that nothing happened. */
async function refused(...lines: [sku: string, quantity: number][]) {
  const change = order(...lines);
  const reply = await street.test.ask(PlaceOrder, wish(change));
  const { rowCount } = await street.test.database.query('SELECT 1 FROM orders WHERE customer_id = $1', [
    change.customerId,
  ]);
  expect(rowCount).toBe(0);
  if (reply.outcome !== 'invalid') throw new Error(`the order is ${reply.outcome}`);
  return reply.issues;
}

describe('an order has one currency', () => {
  it.each([
    ['JPY', 1_490],
    ['KWD', 12_340],
    ['USD', 1_999],
    ['HUF', 99_900],
  ])('%s alone is asked of payments in %s', async (currency, price) => {
    const placed = await street.place(order([`${currency}:${price}`, 3]));
    expect(placed).toMatchObject({
      status: 'CONFIRMED',
      totalMinor: 3 * price,
      currency,
      lines: [{ unitPriceMinor: price, totalMinor: 3 * price, currency }],
    });
    const asked = street.payments.heard.filter(({ type }) => type === AuthorizePayment.type).at(-1);
    expect(asked?.data).toMatchObject({ orderId: placed.id, amountMinor: 3 * price, currency });
    const told = await eventually(() => {
      const found = street.test.said(OrderConfirmed).find(({ orderId }) => orderId === placed.id);
      expect(found).toBeDefined();
      return found!;
    });
    expect(told).toMatchObject({ currency, lines: [{ currency }] });
  });

  it.each([
    [
      ['A', 'JPY:5000'],
      ['lines.0.sku', 'lines.1.sku'],
      ['EUR', 'JPY'],
    ],
    [
      ['KWD:1000', 'USD:1000', 'KWD:2000'],
      ['lines.0.sku', 'lines.1.sku', 'lines.2.sku'],
      ['KWD', 'USD'],
    ],
    [
      ['JPY:0', 'A'],
      ['lines.0.sku', 'lines.1.sku'],
      ['EUR', 'JPY'],
    ],
  ])('%j together are refused, each line by its place', async (skus, places, currencies) => {
    const issues = await refused(...skus.map((sku): [string, number] => [sku, 1]));
    expect(issues.map(({ path }) => path)).toEqual(places);
    for (const { message } of issues) for (const currency of currencies) expect(message).toContain(currency);
  });

  it('keeps the currency in lines of orders that were placed before they carried one', async () => {
    const { id, customerId } = await street.place(order(['JPY:700', 2]));
    await street.test.database.query(
      `UPDATE orders SET lines = jsonb_build_array((lines -> 0) - 'currency') WHERE id = $1`,
      [id],
    );
    expect(await street.orderNow({ id, customerId })).toMatchObject({ lines: [{ currency: 'JPY' }] });
  });
});

describe('what no card can be charged is refused before anything happens', () => {
  it.each([
    ['EUR:49', 1, '€0.49', '€0.50'],
    ['GBP:29', 1, '£0.29', '£0.30'],
    ['JPY:7', 7, 'JP¥49', 'JP¥50'],
    ['HUF:17499', 1, 'HUF 174.99', 'HUF 175.00'],
    ['EUR:50000000', 2, '€1,000,000.00', '€999,999.99'],
    ['JPY:100000000', 1, 'JP¥100,000,000', 'JP¥99,999,999'],
  ])('%s × %d: the total of %s, with the bound %s', async (sku, quantity, total, bound) => {
    const issues = await refused([sku, quantity]);
    expect(issues.map(({ path }) => path)).toEqual(['lines']);
    const message = issues[0]!.message.replace(/\s/g, ' ');
    expect(message).toContain(total);
    expect(message).toContain(bound);
  });

  it('a total of three decimals whose last is not 0 is refused before anything happens', async () => {
    const issues = await refused(['KWD:1234', 1]);
    expect(issues).toEqual([{ path: 'lines', message: expect.stringContaining('multiples') }]);
  });

  it.each(['XXX:1000', 'ISK:1000'])('%s, a currency that the processor does not take', async (sku) => {
    expect(await refused([sku, 1])).toEqual([
      { path: 'lines', message: expect.stringContaining(sku.slice(0, 3)) },
    ]);
  });

  it.each(['EUR:50', 'JPY:50', 'EUR:99999999'])('%s, the bound itself, is charged', async (sku) => {
    expect((await street.place(order([sku, 1]))).status).toBe('CONFIRMED');
  });

  it.each(['EUR:0', 'XXX:0'])('%s needs no card and is accepted', async (sku) => {
    const placed = await street.place(order([sku, 2]));
    expect(placed).toMatchObject({ status: 'CONFIRMED', totalMinor: 0 });
    const asked = street.payments.heard.filter(({ type }) => type === AuthorizePayment.type).at(-1);
    expect(asked?.data as DataOf<typeof AuthorizePayment>).toMatchObject({
      orderId: placed.id,
      amountMinor: 0,
    });
  });
});
