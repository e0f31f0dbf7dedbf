import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import {
  CancelOrder,
  type DataOf,
  GetOrders,
  GetTimelines,
  ListOrders,
  OrderCancelled,
  OrderConfirmed,
  OrderRejected,
  PlaceOrder,
  ReservationOverdue,
} from '@caravan/contracts';
import type { WireMessage } from '@caravan/messaging';
import { eventually, type Neighbour, type TestService } from '@caravan/testing';
import { of, REFUSAL, Street, wish } from './street.ts';

const customerId = uuid();

let street: Street;
let test: TestService;
let inventory: Neighbour;
let payments: Neighbour;

beforeAll(async () => {
  street = await Street.open();
  ({ test, inventory, payments } = street);
});
afterAll(() => street?.close());
beforeEach(() => street.calm());

const place = (change: Partial<DataOf<typeof PlaceOrder>> = {}) => street.place({ customerId, ...change });
const orderNow = (id: string) => street.orderNow({ id, customerId });
const steps = async (id: string) => {
  const { timelines } = await test.ask(GetTimelines, { customerId, orderIds: [id] });
  return timelines[0]!.entries.map(({ step, outcome }) => `${step}: ${outcome}`);
};

describe('placing an order', () => {
  it('reserves, authorizes, confirms and captures, in this order, and tells the others', async () => {
    const order = await place();
    expect(order).toMatchObject({
      status: 'CONFIRMED',
      totalMinor: 1_000,
      number: expect.stringMatching(/^CV-\d+$/),
    });
    await eventually(async () =>
      expect(await steps(order.id)).toEqual([
        'checkout: started',
        'reserve stock: done',
        'authorize payment: done',
        'confirm order: done',
        'capture payment: done',
      ]),
    );
    expect(payments.heardTypes(of(order.id))).toEqual([
      'payments.authorize-payment',
      'payments.capture-payment',
    ]);
    await eventually(() =>
      expect(test.said(OrderConfirmed).filter(({ orderId }) => orderId === order.id)).toHaveLength(1),
    );
  });

  it('takes everything back, last step first, when the card is declined', async () => {
    payments.behave = ({ type }) => (type === 'payments.authorize-payment' ? REFUSAL : 'done');
    const order = await place();
    expect(order).toMatchObject({ status: 'REJECTED', rejection: REFUSAL });
    expect(payments.heardTypes(of(order.id))).toEqual([
      'payments.authorize-payment',
      'payments.void-payment',
    ]);
    expect(inventory.heardTypes(of(order.id)).slice(0, 2)).toEqual([
      'inventory.reserve-stock',
      'inventory.release-stock',
    ]);
    await eventually(() =>
      expect(test.said(OrderRejected).find(({ orderId }) => orderId === order.id)?.reason).toEqual(REFUSAL),
    );
  });

  it('answers a key that it knows, even when what a new one beside it needs is away', async () => {
    const order = await place({ idempotencyKey: 'known-1' });
    const [again, other] = await Promise.allSettled([
      place({ idempotencyKey: 'known-1' }),
      place({ lines: [{ sku: 'AWAY', quantity: 1 }] }),
    ]);
    expect(again).toMatchObject({ status: 'fulfilled', value: { id: order.id } });
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'caravan.unavailable' } });
  });

  it('answers PENDING when the outcome takes longer than the caller waits, and goes on', async () => {
    let held: WireMessage | undefined;
    payments.behave = (message) =>
      message.type === 'payments.authorize-payment' && !held ? ((held = message), 'silent') : 'done';
    const order = await place();
    expect(order.status).toBe('PENDING');
    await payments.reply(held!, 'done');
    await eventually(async () => expect((await orderNow(order.id)).status).toBe('CONFIRMED'));
  });

  it('takes silence for a refusal, and undoes what never answered', async () => {
    inventory.behave = ({ type }) => (type === 'inventory.reserve-stock' ? 'silent' : 'done');
    const { id } = await place();
    await test.database.query('UPDATE saga SET due_at = now(), look_at = now() WHERE id = $1', [id]);
    await eventually(async () =>
      expect(await orderNow(id)).toMatchObject({ status: 'REJECTED', rejection: { code: 'saga.timed-out' } }),
    );
    expect(inventory.heardTypes(of(id)).slice(0, 2)).toEqual([
      'inventory.reserve-stock',
      'inventory.release-stock',
    ]);
  });

  it('does not hear an answer twice', async () => {
    const order = await place();
    const asked = payments.heard.find((message) => of(order.id)(message))!;
    await payments.reply(asked, 'done');
    await payments.reply(asked, REFUSAL);
    await place();
    expect((await orderNow(order.id)).status).toBe('CONFIRMED');
  });

  it('tells everything that is wrong, and nothing happens', async () => {
    const key = uuid();
    expect(
      await test.ask(
        PlaceOrder,
        wish({ customerId, idempotencyKey: key, lines: [{ sku: 'NONE', quantity: 1 }] }),
      ),
    ).toEqual({
      outcome: 'invalid',
      issues: [{ path: 'lines.0.sku', message: 'There is no product "NONE".' }],
    });
    expect(
      (await test.database.query('SELECT 1 FROM orders WHERE idempotency_key = $1', [key])).rowCount,
    ).toBe(0);
  });
});

describe('an idempotency key', () => {
  it('answers with the same order, and has one effect', async () => {
    const idempotencyKey = uuid();
    const first = await place({ idempotencyKey });
    expect(await place({ idempotencyKey })).toEqual(first);
    expect(
      inventory.heardTypes(of(first.id)).filter((type) => type === 'inventory.reserve-stock'),
    ).toHaveLength(1);
  });

  it('a hundred times at once is one order', async () => {
    const idempotencyKey = uuid();
    const orders = await Promise.all(Array.from({ length: 100 }, () => place({ idempotencyKey })));
    expect(new Set(orders.map((order) => order.id)).size).toBe(1);
    expect(
      (await test.database.query('SELECT 1 FROM orders WHERE idempotency_key = $1', [idempotencyKey]))
        .rowCount,
    ).toBe(1);
  });

  it('with another wish is a conflict', async () => {
    const idempotencyKey = uuid();
    await place({ idempotencyKey });
    expect(
      await test.ask(PlaceOrder, wish({ customerId, idempotencyKey, lines: [{ sku: 'A', quantity: 3 }] })),
    ).toEqual({
      outcome: 'conflict',
    });
  });

  it('answers with the same order when a later build has stored it', async () => {
    const idempotencyKey = uuid();
    const { id } = await place({ idempotencyKey });
    await test.database.query(`UPDATE orders SET fingerprint = 'v99:of-tomorrow' WHERE id = $1`, [id]);
    expect((await place({ idempotencyKey })).id).toBe(id);
  });

  it("is the customer's own", async () => {
    const idempotencyKey = uuid();
    const [mine, other] = [
      await place({ idempotencyKey }),
      await place({ idempotencyKey, customerId: uuid() }),
    ];
    expect(other.id).not.toBe(mine.id);
  });
});

describe('cancelling', () => {
  it('a confirmed order gives the money back, then the pieces', async () => {
    const { id } = await place();
    expect(await test.ask(CancelOrder, { id, customerId })).toMatchObject({
      outcome: 'accepted',
      order: { status: 'CANCELLED' },
    });
    expect(payments.heardTypes(of(id)).at(-1)).toBe('payments.refund-payment');
    expect(inventory.heardTypes(of(id))).toContain('inventory.release-stock');
    await eventually(() =>
      expect(test.said(OrderCancelled).filter(({ orderId }) => orderId === id)).toHaveLength(1),
    );
  });

  it('twice answers the same and has one effect', async () => {
    const { id } = await place();
    const first = await test.ask(CancelOrder, { id, customerId });
    expect(await test.ask(CancelOrder, { id, customerId })).toEqual(first);
    expect(payments.heardTypes(of(id)).filter((type) => type === 'payments.refund-payment')).toHaveLength(1);
  });

  it('while the card is being asked takes the reservation back, and a late yes changes nothing', async () => {
    let held: WireMessage | undefined;
    payments.behave = (message) =>
      message.type === 'payments.authorize-payment' ? ((held = message), 'silent') : 'done';
    const placing = place();
    const asked = await eventually(() => held ?? Promise.reject(new Error('not asked yet')));
    const id = (asked.data as { orderId: string }).orderId;
    expect(await test.ask(CancelOrder, { id, customerId })).toMatchObject({
      outcome: 'accepted',
      order: { status: 'CANCELLED' },
    });
    await payments.reply(asked, 'done');
    expect((await placing).status).toBe('CANCELLED');
    expect(payments.heardTypes(of(id))).toEqual(['payments.authorize-payment', 'payments.void-payment']);
  });

  it('while the money is being captured waits for it and then gives it back', async () => {
    let held: WireMessage | undefined;
    payments.behave = (message) =>
      message.type === 'payments.capture-payment' && !held ? ((held = message), 'silent') : 'done';
    const { id } = await place();
    await eventually(() => expect(held).toBeDefined());
    const cancelling = test.ask(CancelOrder, { id, customerId });
    await payments.reply(held!, 'done');
    expect(await cancelling).toMatchObject({ outcome: 'accepted', order: { status: 'CANCELLED' } });
    expect(payments.heardTypes(of(id))).toEqual([
      'payments.authorize-payment',
      'payments.capture-payment',
      'payments.refund-payment',
    ]);
  });

  it('a rejected order is not possible', async () => {
    payments.behave = ({ type }) => (type === 'payments.authorize-payment' ? REFUSAL : 'done');
    const { id } = await place();
    expect(await test.ask(CancelOrder, { id, customerId })).toMatchObject({
      outcome: 'not-cancellable',
      order: { status: 'REJECTED' },
    });
  });

  it("another customer's order is not there", async () => {
    const { id } = await place();
    expect(await test.ask(CancelOrder, { id, customerId: uuid() })).toEqual({ outcome: 'not-found' });
  });
});

describe('reading', () => {
  it('shows a customer his own orders only, newest first, page by page', async () => {
    const own = uuid();
    const placed = [
      await place({ customerId: own }),
      await place({ customerId: own }),
      await place({ customerId: own }),
    ];
    const page = await test.ask(ListOrders, { customerId: own, first: 2 });
    expect(page).toMatchObject({ hasNextPage: true, orders: [{ id: placed[2]!.id }, { id: placed[1]!.id }] });
    expect(await test.ask(ListOrders, { customerId: own, first: 2, after: placed[1]!.id })).toMatchObject({
      hasNextPage: false,
      orders: [{ id: placed[0]!.id }],
    });
    expect(await test.ask(GetOrders, { customerId, ids: [placed[0]!.id] })).toEqual({ orders: [] });
    expect(await test.ask(GetTimelines, { customerId, orderIds: [placed[0]!.id] })).toEqual({
      timelines: [{ orderId: placed[0]!.id, entries: [] }],
    });
  });
});

describe('pages of orders', () => {
  const ids = async (own: string, first: number, after?: string) =>
    (await test.ask(ListOrders, { customerId: own, first, after })).orders.map(({ id }) => id);

  it('go by the order of acceptance, whatever the clocks of the replicas that gave the ids', async () => {
    const own = uuid();
    // What a replica whose clock is a day behind, or a day ahead, would have given.
    const renamed = async (id: string, byMs: number): Promise<string> => {
      const time = (Date.now() + byMs).toString(16).padStart(12, '0');
      const other = `${time.slice(0, 8)}-${time.slice(8)}${id.slice(13)}`;
      await test.database.query('UPDATE orders SET id = $2 WHERE id = $1', [id, other]);
      return other;
    };
    const placed: string[] = [];
    for (const byMs of [0, 86_400_000, -86_400_000, 0, -86_400_000]) {
      const { id } = await place({ customerId: own });
      placed.unshift(await renamed(id, byMs));
    }
    expect(await ids(own, 10)).toEqual(placed);
    const read: string[] = [];
    for (let page = await ids(own, 2); page.length > 0; page = await ids(own, 2, read.at(-1)))
      read.push(...page);
    expect(read).toEqual(placed);
  });

  it('keep their places when an order is placed while they are read', async () => {
    const own = uuid();
    const placed = [];
    for (let i = 0; i < 3; i++) placed.unshift((await place({ customerId: own })).id);
    const first = await ids(own, 2);
    await place({ customerId: own });
    expect([...first, ...(await ids(own, 2, first.at(-1)))]).toEqual(placed);
  });

  it("are empty after another customer's order", async () => {
    const [{ id }, own] = [await place({ customerId: uuid() }), uuid()];
    await place({ customerId: own });
    expect(await ids(own, 2, id)).toEqual([]);
  });
});

describe('a reservation that outlived its checkout', () => {
  it('is sold when its order is confirmed, and given back when nobody knows its order', async () => {
    const { id } = await place();
    const stranger = uuid();
    await test.send(ReservationOverdue, { orderId: id }, { orderId: stranger });
    await eventually(() => expect(inventory.heardTypes(of(stranger))).toEqual(['inventory.release-stock']));
    await eventually(() =>
      expect(inventory.heardTypes(of(id)).filter((type) => type === 'order.confirmed')).toHaveLength(2),
    );
    const told = inventory.heard.filter((message) => of(id)(message) && message.type === 'order.confirmed');
    expect(new Set(told.map(({ trace }) => trace)).size).toBe(1);
  });
});

describe('a schema that is already migrated for the next version', () => {
  it('is no hindrance: a column more changes nothing on connections that have prepared their statements', async () => {
    // As many at once as there are connections, so that each of them knows the statements.
    const some = () => Promise.all(Array.from({ length: 12 }, () => place()));
    await some();
    await test.database.query('ALTER TABLE orders ADD COLUMN of_tomorrow text');
    try {
      const placed = await some();
      expect(new Set(placed.map(({ status }) => status))).toEqual(new Set(['CONFIRMED']));
      const replies = await Promise.all(placed.map(({ id }) => test.ask(CancelOrder, { customerId, id })));
      expect(new Set(replies.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    } finally {
      await test.database.query('ALTER TABLE orders DROP COLUMN of_tomorrow');
    }
  });
});
