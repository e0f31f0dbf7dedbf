import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { CancelOrder, OrderConfirmed, OrderRejected } from '@caravan/contracts';
import type { WireMessage } from '@caravan/messaging';
import type { RunningService } from '@caravan/platform';
import { eventually } from '@caravan/testing';
import { of, REFUSAL, Street } from './street.ts';

const DAY_MS = 86_400_000;
const now = Date.now;

let street: Street;
let replica: RunningService;

beforeAll(async () => {
  street = await Street.open({ FAULT_POINTS: 'on', ORDER_WAIT_MS: '300' });
  replica = await street.replica();
});
afterAll(async () => {
  await replica?.stop();
  await street?.close();
});
beforeEach(() => street.calm());
afterEach(() => {
  Date.now = now;
});

const becomes = (order: { id: string; customerId: string }, status: string) =>
  eventually(async () => expect((await street.orderNow(order)).status).toBe(status));
const metric = async (name: string) =>
  (await (await fetch(`${street.test.service.managementUrl}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => Number(line.split(' ').at(-1)))
    .reduce((sum, value) => sum + value, 0);
/** Fails so often that somebody is called. */
const exhaust = (id: string, type: string) =>
  eventually(async () => {
    await street.hurry(id);
    const { rows } = await street.test.database.query('SELECT stuck FROM saga WHERE id = $1 AND type = $2', [
      id,
      type,
    ]);
    expect(rows).toEqual([{ stuck: true }]);
  });
const refuse = (type: string) => (message: WireMessage) => (message.type === type ? REFUSAL : 'done');

describe('what must be done and fails again and again', () => {
  it.each([
    ['a refund', 'payments.refund-payment', 'cancellation', 'CANCELLED'],
    ['a capture', 'payments.capture-payment', 'checkout', 'CONFIRMED'],
    ['an undo', 'payments.void-payment', 'checkout', 'REJECTED'],
  ])('%s: NEEDS_ATTENTION with an alarm, and is finished when it works again', async (_, type, saga, end) => {
    street.payments.behave =
      saga === 'checkout' && end === 'REJECTED'
        ? ({ type }) => (type === 'payments.capture-payment' ? 'done' : REFUSAL)
        : refuse(type);
    const order = await street.place();
    if (saga === 'cancellation') {
      await street.saga(order.id, 'checkout', { state: 'completed' });
      await street.test.ask(CancelOrder, { id: order.id, customerId: order.customerId });
    }
    await exhaust(order.id, saga);
    await becomes(order, 'NEEDS_ATTENTION');
    expect(await metric('sagas_stuck')).toBe(1);
    street.calm();
    await street.hurry(order.id);
    await becomes(order, end);
    expect(await metric('sagas_stuck')).toBe(0);
  });
});

describe('a yes and the end of patience at the same moment', () => {
  it('make an order confirmed or taken back, never both, on two replicas', async () => {
    const asked = new Map<string, WireMessage>();
    street.payments.behave = (message) => {
      if (message.type !== 'payments.authorize-payment') return 'done';
      asked.set((message.data as { orderId: string }).orderId, message);
      return 'silent';
    };
    const customerId = uuid();
    const placing = Array.from({ length: 40 }, () => street.place({ customerId }));
    await eventually(() => expect(asked.size).toBe(40));
    const orders = await Promise.all(placing);
    await Promise.all(
      orders.flatMap(({ id }, i) => {
        const yes = () => street.payments.reply(asked.get(id)!, 'done');
        return i % 2 ? [street.hurry(id), yes(), yes()] : [yes(), street.hurry(id), yes()];
      }),
    );
    for (const order of orders) {
      const { status } = await eventually(async () => {
        const seen = await street.orderNow(order);
        expect(['CONFIRMED', 'REJECTED']).toContain(seen.status);
        return seen;
      });
      await street.saga(order.id, 'checkout', { ask: undefined });
      const said = (events: { orderId: string }[]) =>
        events.filter(({ orderId }) => orderId === order.id).length;
      await eventually(() =>
        expect([said(street.test.said(OrderConfirmed)), said(street.test.said(OrderRejected))]).toEqual(
          status === 'CONFIRMED' ? [1, 0] : [0, 1],
        ),
      );
      await eventually(() =>
        expect(new Set(street.payments.heardTypes(of(order.id)).slice(1))).toEqual(
          new Set([status === 'CONFIRMED' ? 'payments.capture-payment' : 'payments.void-payment']),
        ),
      );
    }
  });
});

describe('a deadline', () => {
  it('that one saga cannot keep for a reason of its own does not keep back the others', async () => {
    street.inventory.behave = ({ type }) => (type === 'inventory.reserve-stock' ? 'silent' : 'done');
    const [broken, sound] = await Promise.all([street.place(), street.place()]);
    await street.test.database.query(`UPDATE saga SET data = '{}' WHERE id = $1`, [broken.id]);
    await street.hurry(broken.id, sound.id);
    await becomes(sound, 'REJECTED');
    expect((await street.orderNow(broken)).status).toBe('PENDING');
  });

  it.each([5, -5])('is kept by the clock of the database: this one goes %i days wrong', async (days) => {
    Date.now = () => now() + days * DAY_MS;
    street.inventory.behave = ({ type }) => (type === 'inventory.reserve-stock' ? 'silent' : 'done');
    const silent = await street.place();
    street.calm();
    const order = await street.place();
    await becomes(order, 'CONFIRMED');
    await street.saga(order.id, 'checkout', { state: 'completed' });
    expect((await street.orderNow(silent)).status).toBe('PENDING');
    await street.hurry(silent.id);
    await becomes(silent, 'REJECTED');
  });
});

describe('a key', () => {
  it('whose order was stored, but nobody heard of it, has one order', async () => {
    const point = `${street.test.service.managementUrl}/fault-points/transaction.after-commit`;
    await fetch(point, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'lose', times: 2 }),
    });
    const wish = { customerId: uuid(), idempotencyKey: uuid() };
    const order = await street.place(wish);
    expect((await street.place(wish)).id).toBe(order.id);
    await becomes(order, 'CONFIRMED');
    const { rows } = await street.test.database.query(
      'SELECT count(*)::int AS n FROM orders WHERE customer_id = $1',
      [wish.customerId],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('a hundred times at once over two replicas is one order', async () => {
    const wish = { customerId: uuid(), idempotencyKey: uuid() };
    const orders = await Promise.all(Array.from({ length: 100 }, () => street.place(wish)));
    expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
    await becomes(orders[0]!, 'CONFIRMED');
    expect(
      street.inventory.heardTypes(of(orders[0]!.id)).filter((type) => type === 'inventory.reserve-stock'),
    ).toHaveLength(1);
  });

  it('is forgotten after seven days, and not before', async () => {
    const [old, recent] = [await street.place(), await street.place()];
    const age = (id: string, by: string) =>
      street.test.database.query('UPDATE orders SET placed_at = placed_at - $2::interval WHERE id = $1', [
        id,
        by,
      ]);
    await age(old.id, '7 days 1 minute');
    await age(recent.id, '6 days 23 hours');
    const third = await street.replica();
    const keys = async (id: string) =>
      (await street.test.database.query('SELECT idempotency_key AS key FROM orders WHERE id = $1', [id]))
        .rows;
    await eventually(async () => expect(await keys(old.id)).toEqual([{ key: null }]));
    expect(await keys(recent.id)).toEqual([{ key: expect.any(String) }]);
    await third.stop();
  });
});
