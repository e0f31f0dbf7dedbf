import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  OrderCancelled,
  OrderConfirmed,
  OrderRejected,
  ReleaseStock,
  ReservationOverdue,
  ReserveStock,
} from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { OverdueReservationsService } from '../src/overdue-reservations.service.ts';
import { done, newsOf, Shop } from './shop.ts';

const MUG = 'KIT-MUG-OAT';
const TEA = 'COF-TEA-SENC';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop?.close());
beforeEach(async () => {
  await shop.rows('DELETE FROM reservation');
  await shop.put(MUG, 10);
  await shop.put(TEA, 10);
});
afterEach(async () => {
  expect(await shop.unbalanced()).toEqual([]);
});

const lines = (mugs: number, teas: number) => [
  { sku: MUG, quantity: mugs },
  { sku: TEA, quantity: teas },
];
const release = (orderId: string) => shop.inventory.command(ReleaseStock, { orderId });
const confirm = (orderId: string) => shop.inventory.send(OrderConfirmed, newsOf(orderId));
const stateOf = async (orderId: string) =>
  (await shop.rows<{ state: string }>('SELECT state FROM reservation WHERE order_id = $1', [orderId]))[0]
    ?.state;

describe('reserving', () => {
  it('holds every line, the same sku summed', async () => {
    expect(await shop.reserve([...lines(2, 1), ...lines(3, 1)])).toEqual(done);
    expect(await shop.pieces(MUG)).toEqual({ on_hand: 5, reserved: 5, sold: 0, received: 10 });
    expect(await shop.pieces(TEA)).toMatchObject({ on_hand: 8, reserved: 2 });
  });

  it('holds nothing when a line is missing, and tells what is', async () => {
    expect(await shop.reserve([...lines(2, 11), { sku: 'nothing', quantity: 1 }])).toMatchObject({
      ok: false,
      failure: {
        code: 'inventory.out-of-stock',
        details: {
          lines: [
            { sku: TEA, requested: 11, available: 10 },
            { sku: 'nothing', requested: 1, available: 0 },
          ],
        },
      },
    });
    expect(await shop.pieces(MUG)).toMatchObject({ on_hand: 10, reserved: 0 });
  });

  it('answers the same order the same again, without effect', async () => {
    const [held, refused] = [randomUUID(), randomUUID()];
    expect(await shop.reserve(lines(4, 1), held)).toEqual(done);
    const no = await shop.reserve(lines(9, 1), refused);
    await shop.put(TEA, 9);
    await shop.rows(`UPDATE stock SET on_hand = 9, reserved = 1, received = 10 WHERE sku = '${TEA}'`);
    expect(await Promise.all([shop.reserve(lines(4, 1), held), shop.reserve(lines(1, 1), refused)])).toEqual([
      done,
      no,
    ]);
    expect(await shop.pieces(MUG)).toMatchObject({ on_hand: 6, reserved: 4 });
  });

  it('takes a message once, however often it comes, even within a batch', async () => {
    const message = {
      id: randomUUID(),
      type: ReserveStock.type,
      data: { orderId: randomUUID(), lines: lines(1, 1) },
    };
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await shop.inventory.publish(Array.from({ length: 10 }, () => ({ ...message, trace })));
    expect(await shop.reserve(lines(1, 1))).toEqual(done);
    expect(await shop.pieces(MUG)).toMatchObject({ on_hand: 8, reserved: 2 });
  });
});

describe('an order that ends', () => {
  it('sells what it held when it is confirmed', async () => {
    const orderId = randomUUID();
    await shop.reserve(lines(4, 1), orderId);
    await confirm(orderId);
    await eventually(async () => expect(await stateOf(orderId)).toBe('SOLD'));
    expect(await shop.pieces(MUG)).toEqual({ on_hand: 6, reserved: 0, sold: 4, received: 10 });
  });

  it('gives back what it held, or what it had bought, once', async () => {
    const [held, sold] = [randomUUID(), randomUUID()];
    await shop.reserve(lines(4, 1), held);
    await shop.reserve(lines(3, 1), sold);
    await confirm(sold);
    await eventually(async () => expect(await stateOf(sold)).toBe('SOLD'));
    const answers = await Promise.all([held, sold, held, sold].map(release));
    expect(answers).toEqual([done, done, done, done]);
    expect(await shop.pieces(MUG)).toEqual({ on_hand: 10, reserved: 0, sold: 0, received: 10 });
  });

  it('can hold nothing later', async () => {
    const [never, released] = [randomUUID(), randomUUID()];
    expect(await release(never)).toEqual(done);
    await shop.reserve(lines(1, 1), released);
    await release(released);
    for (const orderId of [never, released]) {
      const late = await shop.reserve(lines(1, 1), orderId);
      expect(late).toMatchObject({ ok: false, failure: { code: 'inventory.already-released' } });
    }
    await confirm(released);
    await confirm(never);
    await release(randomUUID());
    expect(await shop.pieces(MUG)).toMatchObject({ on_hand: 10, sold: 0 });
  });

  it('lets go of its stock when it is rejected or cancelled, even if nobody released it', async () => {
    const [rejected, cancelled] = [randomUUID(), randomUUID()];
    await shop.reserve(lines(2, 1), rejected);
    await shop.reserve(lines(2, 1), cancelled);
    const reason = { code: 'payments.declined', message: 'The card was declined.' };
    await shop.inventory.send(OrderRejected, { ...newsOf(rejected), reason });
    await shop.inventory.send(OrderCancelled, newsOf(cancelled));
    await eventually(async () => expect(await shop.pieces(MUG)).toMatchObject({ on_hand: 10, reserved: 0 }));
  });
});

describe('a reservation that nobody ends', () => {
  it('is spoken of, once in five minutes, by whichever replica', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    await shop.reserve(lines(1, 1), old);
    await shop.reserve(lines(1, 1), young);
    const age = (column: string, by: string) =>
      shop.rows(`UPDATE reservation SET ${column} = ${column} - $2::interval WHERE order_id = $1`, [old, by]);
    await age('reserved_at', '46 seconds');
    const sweeper = shop.inventory.service.app.get(OverdueReservationsService, { strict: false });
    expect([await sweeper.sweep(), await sweeper.sweep()]).toEqual([1, 0]);
    await eventually(() => expect(shop.inventory.said(ReservationOverdue)).toEqual([{ orderId: old }]));
    await age('overdue_said_at', '301 seconds');
    expect(await sweeper.sweep()).toBe(1);
    await release(old);
    await age('overdue_said_at', '301 seconds');
    expect(await sweeper.sweep()).toBe(0);
  });
});
