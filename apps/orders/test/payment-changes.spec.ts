import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { CancelOrder, type DataOf, GetTimelines, PaymentChanged, ShowSagas } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Street } from './street.ts';

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

it('a very long timeline is read in part: the newest entries, in order', async () => {
  const { id } = await street.place({ customerId });
  await street.saga(id, 'checkout', { state: 'completed' });
  await street.test.database.query(
    `INSERT INTO saga_transition (type, saga_id, step, outcome) SELECT 'checkout', $1, 'capture payment', n::text FROM generate_series(1, 5000) n`,
    [id],
  );
  const entries = await timelineOf(id);
  expect(entries).toHaveLength(200);
  expect(entries.at(-1)).toBe('capture payment: 5000');
});
