import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReserveStock, ReleaseStock } from '@caravan/contracts';
import type { RunningService } from '@caravan/platform';
import { whileHeld } from '@caravan/testing';
import { done, Shop } from './shop.ts';

const HOT = ['TOY-YOYO-BERR', 'KIT-MUG-OAT', 'SND-BUDS-INK'];
const OTHERS = ['LIV-LAMP-OAK', 'COF-TEA-SENC', 'GAR-CAN-MOSS', 'OUT-PACK-MOSS', 'DSK-PEN-FINE'];
const LOCK_STOCK = 'SELECT 1 FROM stock WHERE sku = ANY ($1) FOR UPDATE';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
  for (const sku of [...HOT, ...OTHERS]) await shop.put(sku, 1_000);
});
afterAll(() => shop?.close());

/** Orders for the other products, among orders for held ones, in as many messages as there are. */
async function othersAreServed(hot: string[]): Promise<void> {
  const line = (sku: string) => [{ sku, quantity: 1 }];
  for (let round = 0; round < 3; round++) {
    await shop.inventory.send(
      ReserveStock,
      ...hot.map((sku) => ({ orderId: randomUUID(), lines: line(sku) })),
    );
    const answers = await Promise.all(OTHERS.map((sku) => shop.reserve(line(sku))));
    expect(answers).toEqual(answers.map(() => done));
  }
}

describe.each([
  ['one process', 1],
  ['two replicas', 2],
])('held rows, with %s', (_, replicas) => {
  let replica: RunningService | undefined;
  beforeAll(async () => {
    if (replicas === 2) replica = await shop.replica();
  });
  afterAll(() => replica?.stop());

  it.each([1, 3])('of %i product(s) keep back no order for other products', async (count) => {
    const hot = HOT.slice(0, count);
    await whileHeld(shop.inventory.database, { sql: LOCK_STOCK, params: [hot] }, () => othersAreServed(hot));
  });

  it('of a reservation keep back no order but its own', async () => {
    const orderId = randomUUID();
    await shop.reserve([{ sku: HOT[0]!, quantity: 1 }], orderId);
    const lock = { sql: 'SELECT 1 FROM reservation WHERE order_id = $1 FOR UPDATE', params: [orderId] };
    await whileHeld(shop.inventory.database, lock, async () => {
      await shop.inventory.send(ReleaseStock, { orderId });
      await othersAreServed([]);
    });
  });
});

it('an order for a held product is served once the row is free, and the books balance', async () => {
  const sku = HOT[0]!;
  const answer = whileHeld(shop.inventory.database, { sql: LOCK_STOCK, params: [[sku]] }, async () => {
    const reserved = shop.reserve([{ sku, quantity: 1 }]);
    await othersAreServed([]);
    return { reserved };
  });
  expect(await (await answer).reserved).toEqual(done);
  expect(await shop.unbalanced()).toEqual([]);
});
