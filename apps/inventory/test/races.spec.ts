import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrderConfirmed, ReleaseStock } from '@caravan/contracts';
import type { RunningService } from '@caravan/platform';
import { eventually } from '@caravan/testing';
import { done, newsOf, Shop } from './shop.ts';

let shop: Shop;
let replica: RunningService;
beforeAll(async () => {
  shop = await Shop.open();
  replica = await shop.replica();
});
afterAll(async () => {
  await replica?.stop();
  await shop?.close();
});

it('sells 10 pieces to 10 of 100 buyers who come at once', async () => {
  await shop.put('LIV-LAMP-OAK', 10);
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => shop.reserve([{ sku: 'LIV-LAMP-OAK', quantity: 1 }])),
  );
  expect(answers.filter(({ ok }) => ok).length).toBe(10);
  expect(await shop.pieces('LIV-LAMP-OAK')).toEqual({ on_hand: 0, reserved: 10, sold: 0, received: 10 });
  expect(await shop.unbalanced()).toEqual([]);
});

it('serves carts with the same skus in opposite order on two replicas, without a deadlock', async () => {
  const skus = ['KIT-MUG-OAT', 'COF-TEA-SENC', 'GAR-CAN-MOSS', 'OUT-PACK-MOSS'];
  for (const sku of skus) await shop.put(sku, 200);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, cart) => {
      const lines = skus.map((sku) => ({ sku, quantity: 1 }));
      return shop.reserve(cart % 2 ? lines : lines.toReversed());
    }),
  );
  expect(answers).toEqual(answers.map(() => done));
  for (const sku of skus) expect(await shop.pieces(sku)).toMatchObject({ on_hand: 0, reserved: 200 });
  const [activity] = await shop.rows<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(activity?.deadlocks).toBe('0');
});

it('lets reserve and release of the same order race, and nothing is held in the end', async () => {
  await shop.put('KIT-BOWL-INK', 50);
  const orders = Array.from({ length: 50 }, () => randomUUID());
  const lines = [{ sku: 'KIT-BOWL-INK', quantity: 1 }];
  await Promise.all(
    orders.flatMap((orderId, turn) => {
      const reserve = () => shop.reserve(lines, orderId);
      const release = () => shop.inventory.command(ReleaseStock, { orderId });
      return turn % 2 ? [reserve(), release()] : [release(), reserve()];
    }),
  );
  expect(await shop.pieces('KIT-BOWL-INK')).toEqual({ on_hand: 50, reserved: 0, sold: 0, received: 50 });
  expect(await shop.unbalanced()).toEqual([]);
});

it('keeps its books when orders are reserved, confirmed and released all at once', async () => {
  const skus = ['DSK-PEN-FINE', 'TOY-KITE-SKY', 'SND-BUDS-INK'];
  for (const sku of skus) await shop.put(sku, 150);
  const orders = Array.from({ length: 300 }, (): string => randomUUID());
  await Promise.all(
    orders.map(async (orderId, turn) => {
      const lines = skus.map((sku, at) => ({ sku, quantity: 1 + ((turn + at) % 2) }));
      const { ok } = await shop.reserve(lines, orderId);
      if (ok && turn % 3) await shop.inventory.send(OrderConfirmed, newsOf(orderId));
      if (turn % 4 === 0) await shop.inventory.command(ReleaseStock, { orderId });
    }),
  );
  const toBeSold = orders.filter((_, turn) => turn % 3 && turn % 4);
  await eventually(async () => {
    const sql = `SELECT count(*)::int AS waiting FROM reservation WHERE state = 'HELD' AND order_id = ANY ($1)`;
    expect(await shop.rows(sql, [toBeSold])).toEqual([{ waiting: 0 }]);
  });
  expect(await shop.unbalanced()).toEqual([]);
});
