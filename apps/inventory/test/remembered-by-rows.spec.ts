import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrderConfirmed, REMEMBERED_BY_ROWS, ReleaseStock } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { done, newsOf, Shop } from './shop.ts';

const MUG = 'KIT-MUG-OAT';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop?.close());

const books = async () => ({
  reservations: await shop.rows('SELECT * FROM reservation ORDER BY order_id'),
  stock: await shop.rows('SELECT * FROM stock ORDER BY sku'),
});
const entered = async (ids: string[]) =>
  (await shop.rows('SELECT 1 FROM inbox WHERE message_id = ANY($1::uuid[])', [ids])).length;

/** The commands and events before it have been handled, because they are handled in their order. */
async function handled(): Promise<void> {
  const last = randomUUID();
  expect(await shop.reserve([{ sku: MUG, quantity: 1 }], last)).toEqual(done);
  expect(await shop.inventory.command(ReleaseStock, { orderId: last })).toEqual(done);
  await shop.rows('DELETE FROM reservation WHERE order_id = $1', [last]);
}

it.each(REMEMBERED_BY_ROWS['inventory']!.map((event) => [event.type, event] as const))(
  '%s that is handled again, under the same id or another, changes nothing and needs no inbox',
  async (type, event) => {
    const orderId = randomUUID();
    await shop.put(MUG, 10);
    await shop.reserve([{ sku: MUG, quantity: 2 }], orderId);
    if (type === 'order.cancelled') await shop.inventory.send(OrderConfirmed, newsOf(orderId));
    const reason = { code: 'payments.declined', message: 'Declined.' };
    const news = { ...newsOf(orderId), reason };
    const ids = await shop.inventory.send(event, news);
    const state = type === 'order.confirmed' ? 'SOLD' : 'RELEASED';
    await eventually(async () =>
      expect(await shop.rows('SELECT state FROM reservation WHERE order_id = $1', [orderId])).toEqual([
        { state },
      ]),
    );
    const before = await books();
    await shop.inventory.publish(shop.inventory.published.filter(({ id }) => ids.includes(id)));
    ids.push(...(await shop.inventory.send(event, news, news)));
    await handled();
    expect(await books()).toEqual(before);
    expect(await entered(ids)).toBe(0);
  },
);
