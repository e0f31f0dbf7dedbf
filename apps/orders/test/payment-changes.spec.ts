import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import {
  CancelOrder,
  type DataOf,
  GetTimelines,
  ListSagas,
  PaymentChanged,
  RetrySaga,
  RollBackOrder,
  ShowSagas,
} from '@caravan/contracts';
import { eventually, Operator } from '@caravan/testing';
import { of, Street } from './street.ts';

const customerId = uuid();
let street: Street;
beforeAll(async () => {
  street = await Street.open();
});
beforeEach(() => street.calm());
afterAll(() => street?.close());

const tell = (orderId: string, change: Partial<DataOf<typeof PaymentChanged>>) =>
  street.test.send(PaymentChanged, {
    orderId,
    what: 'refunded',
    detail: 'at the processor',
    attention: false,
    ...change,
  });
const timelineOf = async (id: string) => {
  const { timelines } = await street.test.ask(GetTimelines, { customerId, orderIds: [id] });
  return timelines[0]!.entries.map(
    ({ step, outcome, detail }) => `${step}: ${outcome}${detail ? `, ${detail}` : ''}`,
  );
};
const becomes = (id: string, status: string) =>
  eventually(async () => expect(await street.orderNow({ id, customerId })).toMatchObject({ status }));

it('a change of the money stands in the timeline, for customers and operators', async () => {
  const { id } = await street.place({ customerId });
  await street.saga(id, 'checkout', { state: 'completed' });
  await tell(id, { what: 'partly-refunded' });
  await tell(id, { what: 'dispute-opened', detail: 'needs_response: fraudulent' });
  await eventually(async () =>
    expect((await timelineOf(id)).slice(-2).toSorted()).toEqual([
      'payment: dispute opened, needs_response: fraudulent',
      'payment: partly refunded, at the processor',
    ]),
  );
  expect(await street.orderNow({ id, customerId })).toMatchObject({ status: 'CONFIRMED' });
  const { history } = await street.test.ask(ShowSagas, { order: id });
  expect(history!.timeline.map(({ outcome }) => outcome)).toContain('dispute opened');
});

it('an order whose money is gone needs attention, and can still be cancelled', async () => {
  const { id } = await street.place({ customerId });
  await street.saga(id, 'checkout', { state: 'completed' });
  await tell(id, { what: 'refunded', attention: true });
  await becomes(id, 'NEEDS_ATTENTION');
  await street.test.ask(CancelOrder, { id, customerId });
  await becomes(id, 'CANCELLED');
});

it('a cancelled order whose refund failed for good needs attention again', async () => {
  const { id } = await street.place({ customerId });
  await street.saga(id, 'checkout', { state: 'completed' });
  await street.test.ask(CancelOrder, { id, customerId });
  await becomes(id, 'CANCELLED');
  await tell(id, { what: 'refunded', attention: true });
  await tell(id, { what: 'refund-failed', attention: true });
  await becomes(id, 'NEEDS_ATTENTION');
});

const ann = (order: string) => ({ order, by: 'ann', reason: null });
const refundsOf = (id: string) =>
  street.payments.heardTypes(of(id)).filter((type) => type === 'payments.refund-payment').length;

/** An order that was cancelled and whose refund the bank has sent back for good. */
async function owedOrder() {
  const order = await street.place({ customerId });
  await street.saga(order.id, 'checkout', { state: 'completed' });
  await street.test.ask(CancelOrder, { id: order.id, customerId });
  await becomes(order.id, 'CANCELLED');
  await tell(order.id, { what: 'refund-failed', detail: 'The refund failed 6 times.', attention: true });
  await becomes(order.id, 'NEEDS_ATTENTION');
  return order;
}

it('an operator has the refund of a cancelled order tried again, once at a time', async () => {
  const { id } = await owedOrder();
  const { history } = await street.test.ask(ShowSagas, { order: id });
  expect(history!.remedies).toEqual([
    { action: 'retry', effect: 'asks for the refund again, and ends as CANCELLED when the refund succeeds' },
  ]);
  expect(await street.test.ask(RollBackOrder, ann(id))).toEqual({
    outcome: 'refused',
    message: 'The cancellation has ended, but its refund failed: "retry" asks for the refund again.',
  });
  street.payments.behave = () => 'silent';
  const answers = await Promise.all([1, 2].map(() => street.test.ask(RetrySaga, ann(id))));
  expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'refused']);
  await eventually(() => expect(refundsOf(id)).toBe(2));
  street.calm();
  await street.hurry(id);
  await street.saga(id, 'cancellation', { paused: true });
  await street.hurry(id);
  await becomes(id, 'CANCELLED');
  expect(await street.test.ask(RetrySaga, ann(id))).toMatchObject({ outcome: 'refused' });
  await tell(id, { what: 'refund-failed', detail: 'The refund failed 7 times.', attention: true });
  await becomes(id, 'NEEDS_ATTENTION');
  expect(await street.test.ask(RetrySaga, ann(id))).toMatchObject({ outcome: 'done' });
  await becomes(id, 'CANCELLED');
});

it('a refund that fails before the retried cancellation ends leaves the order in need of attention', async () => {
  const { id } = await owedOrder();
  street.inventory.behave = () => 'silent';
  expect(await street.test.ask(RetrySaga, ann(id))).toMatchObject({ outcome: 'done' });
  await eventually(async () => expect((await timelineOf(id)).at(-1)).toBe('refund payment: done'));
  await tell(id, { what: 'refund-failed', detail: 'The refund failed 7 times.', attention: true });
  await eventually(async () => expect((await timelineOf(id)).at(-1)).toMatch(/7 times/));
  street.calm();
  await street.hurry(id);
  await street.saga(id, 'cancellation', { paused: true, state: 'running' });
  await street.hurry(id);
  await street.saga(id, 'cancellation', { state: 'completed' });
  expect(await street.orderNow({ id, customerId })).toMatchObject({ status: 'NEEDS_ATTENTION' });
});

it('an order whose cancellation has ended is not cancellable, also when it needs attention', async () => {
  const { id } = await owedOrder();
  expect(await street.test.ask(CancelOrder, { id, customerId })).toMatchObject({
    outcome: 'not-cancellable',
    order: { status: 'NEEDS_ATTENTION' },
  });
});

it('orders that need attention without a stuck saga are listed, with the reason', async () => {
  const owed = await owedOrder();
  const gone = await street.place({ customerId });
  await street.saga(gone.id, 'checkout', { state: 'completed' });
  await tell(gone.id, { what: 'refunded', detail: 'at the dashboard', attention: true });
  await becomes(gone.id, 'NEEDS_ATTENTION');
  await tell(gone.id, { what: 'dispute-opened', detail: 'needs_response: fraudulent' });
  const fine = await street.place({ customerId });
  for (const wanted of [{ stuck: true }, { stuck: false, failed: true }]) {
    const { sagas } = await street.test.ask(ListSagas, { ...wanted, limit: 100 });
    expect(sagas).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          orderId: owed.id,
          number: owed.number,
          type: 'cancellation',
          attention: true,
          lastFailure: 'refund failed: The refund failed 6 times.',
        }),
        expect.objectContaining({
          orderId: gone.id,
          type: 'checkout',
          attention: true,
          lastFailure: 'refunded: at the dashboard',
        }),
      ]),
    );
    expect(sagas.map(({ orderId }) => orderId)).not.toContain(fine.id);
    expect(new Set(sagas.map(({ orderId }) => orderId)).size).toBe(sagas.length);
  }
  const few = await street.test.ask(ListSagas, { stuck: true, limit: 1 });
  expect([few.sagas.length, few.more]).toEqual([1, true]);
  const operator = new Operator(street.test.brokerUrl);
  for (const flag of ['--stuck', '--failed']) {
    const { stdout } = await operator.run('saga', 'list', flag);
    expect(stdout).toMatch(
      new RegExp(`${owed.number} +cancellation +needs attention .*refund failed: The refund`),
    );
  }
});

it('a very long timeline is read in part: the newest entries, in order', async () => {
  const { id } = await street.place({ customerId });
  await street.saga(id, 'checkout', { state: 'completed' });
  await street.test.database.query(
    `INSERT INTO saga_transition (type, saga_id, step, outcome) SELECT 'checkout', $1, n::text, 'failed' FROM generate_series(1, 5000) n`,
    [id],
  );
  const entries = await timelineOf(id);
  expect(entries).toHaveLength(200);
  expect(entries.at(-1)).toBe('5000: failed');
});
