import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import {
  ListSagas,
  OrderCancelled,
  OrderRejected,
  RetrySaga,
  RollBackOrder,
  ShowSagas,
} from '@caravan/contracts';
import type { WireMessage } from '@caravan/messaging';
import { eventually } from '@caravan/testing';
import { of, REFUSAL, Street } from './street.ts';

let street: Street;

beforeAll(async () => {
  street = await Street.open();
});
afterAll(() => street?.close());
beforeEach(() => street.calm());

const ann = (order: string) => ({ order, by: 'ann', reason: 'ticket 7' });
const retry = (order: string) => street.test.ask(RetrySaga, ann(order));
const rollBack = (order: string) => street.test.ask(RollBackOrder, ann(order));
const show = async (order: string) => (await street.test.ask(ShowSagas, { order })).history!;
const open = async (stuck = false) =>
  (await street.test.ask(ListSagas, { stuck, limit: 100 })).sagas.map(({ orderId }) => orderId);
const refuse = (type: string) => (message: WireMessage) => (message.type === type ? REFUSAL : 'done');

/** An order whose money cannot be had, however often it is tried. */
async function stuckOrder() {
  street.payments.behave = refuse('payments.capture-payment');
  const order = await street.place();
  await street.saga(order.id, 'checkout', { paused: true });
  await street.test.database.query(
    'UPDATE saga SET attempt = 9, due_at = now(), look_at = now() WHERE id = $1',
    [order.id],
  );
  await street.saga(order.id, 'checkout', { stuck: true, paused: true });
  return order;
}

describe('taking up a saga again', () => {
  it('asks at once what is only due later, and says who wanted it', async () => {
    street.payments.behave = refuse('payments.capture-payment');
    const order = await street.place();
    await street.saga(order.id, 'checkout', { paused: true });
    await street.test.database.query(`UPDATE saga SET due_at = now() + interval '1 day' WHERE id = $1`, [
      order.id,
    ]);
    expect(await open()).toContain(order.id);
    street.calm();
    expect(await retry(order.number)).toEqual({
      outcome: 'done',
      message: '"capture payment" of the checkout was taken up again.',
    });
    await street.saga(order.id, 'checkout', { state: 'completed' });
    const { timeline, actions } = await show(order.id);
    expect(timeline.map(({ step, outcome }) => `${step} ${outcome}`).slice(-2)).toEqual([
      'capture payment retried',
      'capture payment done',
    ]);
    expect(actions).toMatchObject([
      {
        action: 'retry',
        subject: order.id,
        about: order.number,
        by: 'ann',
        reason: 'ticket 7',
        outcome: 'done',
      },
    ]);
  });

  it('is refused while an answer is awaited, and asks nothing', async () => {
    street.payments.behave = ({ type }) => (type === 'payments.capture-payment' ? 'silent' : 'done');
    const { id } = await street.place();
    await eventually(() => expect(street.payments.heardTypes(of(id))).toHaveLength(2));
    expect(await retry(id)).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/^The answer to "capture payment" is awaited for \d+ s more/),
    });
    expect(street.payments.heardTypes(of(id))).toHaveLength(2);
    expect((await show(id)).actions).toMatchObject([{ action: 'retry', outcome: 'refused' }]);
  });

  it('is refused when all is done, and for an order that is not there', async () => {
    const { id } = await street.place();
    await street.saga(id, 'checkout', { state: 'completed' });
    expect(await retry(id)).toEqual({
      outcome: 'refused',
      message: 'Nothing of this order is open: its last saga is completed.',
    });
    for (const stranger of [uuid(), 'CV-999999999', 'CV-100000'])
      expect(await retry(stranger)).toEqual({
        outcome: 'not-found',
        message: `There is no order ${stranger}.`,
      });
  });
});

describe('taking an order back', () => {
  it('that is confirmed gives back the money and the pieces, once', async () => {
    const order = await street.place();
    await street.saga(order.id, 'checkout', { state: 'completed' });
    const answers = await Promise.all([rollBack(order.id), rollBack(order.number)]);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused']);
    await street.saga(order.id, 'cancellation', { state: 'completed' });
    expect((await street.orderNow(order)).status).toBe('CANCELLED');
    expect(
      street.payments.heardTypes(of(order.id)).filter((type) => type === 'payments.refund-payment'),
    ).toHaveLength(1);
    await eventually(() =>
      expect(street.test.said(OrderCancelled).filter(({ orderId }) => orderId === order.id)).toHaveLength(1),
    );
    expect((await show(order.id)).actions.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused']);
  });

  it('that is on its way rolls its checkout back and tells the customer that the shop did', async () => {
    street.payments.behave = ({ type }) => (type === 'payments.authorize-payment' ? 'silent' : 'done');
    const order = await street.place();
    expect(order.status).toBe('PENDING');
    expect(await rollBack(order.id)).toMatchObject({ outcome: 'done' });
    await street.saga(order.id, 'checkout', { state: 'rolled_back' });
    expect(await street.orderNow(order)).toMatchObject({
      status: 'REJECTED',
      rejection: { code: 'orders.compensated-by-operator' },
    });
    await eventually(() =>
      expect(street.test.said(OrderRejected).map(({ orderId }) => orderId)).toContain(order.id),
    );
  });

  it('whose money cannot be had gives that up', async () => {
    const order = await stuckOrder();
    expect((await street.orderNow(order)).status).toBe('NEEDS_ATTENTION');
    expect(await open(true)).toEqual([order.id]);
    expect((await show(order.number)).remedies.map(({ action }) => action)).toEqual(['retry', 'compensate']);
    expect(await rollBack(order.number)).toMatchObject({ outcome: 'done' });
    await street.saga(order.id, 'cancellation', { state: 'completed' });
    expect((await street.orderNow(order)).status).toBe('CANCELLED');
    expect((await show(order.id)).timeline).toContainEqual(
      expect.objectContaining({ step: 'capture payment', outcome: 'given up' }),
    );
    expect(await open(true)).toEqual([]);
  });

  it('that was rejected is refused, and changes nothing', async () => {
    street.payments.behave = refuse('payments.authorize-payment');
    const order = await street.place();
    expect(await rollBack(order.id)).toEqual({
      outcome: 'refused',
      message: 'The order is REJECTED: there is nothing left to take back.',
    });
    expect((await show(order.id)).remedies).toEqual([]);
  });
});

describe('looking', () => {
  it('shows how an order went, and where', async () => {
    const order = await stuckOrder();
    expect(await show(order.number)).toMatchObject({
      id: order.id,
      status: 'NEEDS_ATTENTION',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      sagas: [
        {
          type: 'checkout',
          state: 'running',
          step: 'capture payment',
          attempt: 10,
          stuck: true,
          waitsFor: 'retry',
          lastFailure: 'payments.declined: The card was declined.',
          data: { orderId: order.id, amountMinor: 1_000 },
        },
      ],
    });
    const [first] = (await street.test.ask(ListSagas, { stuck: false, limit: 1 })).sagas;
    expect(first?.stuck).toBe(true);
    expect(Date.parse(first!.since)).toBeLessThan(Date.parse(first!.dueAt!));
  });

  it('tells when there is more than was asked for', async () => {
    await stuckOrder();
    await stuckOrder();
    expect(await street.test.ask(ListSagas, { stuck: true, limit: 1 })).toMatchObject({
      more: true,
      sagas: [{}],
    });
  });
});
