import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { GetOrderStatuses, MailSettled, type OrderHistory, ShowSagas } from '@caravan/contracts';
import { eventually, Operator } from '@caravan/testing';
import { Street } from './street.ts';

let street: Street;

beforeAll(async () => {
  street = await Street.open();
});
afterAll(() => street?.close());

const historyOf = async (order: string): Promise<OrderHistory> =>
  (await street.test.ask(ShowSagas, { order })).history!;

it('an order tells which of its mails cannot be delivered, until one is delivered after all', async () => {
  const { id } = await street.place();
  expect((await historyOf(id)).undeliverable).toEqual([]);
  const [early, late] = ['2026-11-27T22:00:00.000Z', '2026-11-27T23:00:00.000Z'];
  const failed = { orderId: id, outcome: 'undeliverable', reason: '550 no such mailbox' } as const;
  await street.test.send(
    MailSettled,
    { ...failed, kind: 'CANCELLED', at: late },
    { ...failed, kind: 'CONFIRMED', at: early },
    { ...failed, kind: 'CONFIRMED', at: late, reason: '501 bad address' },
    { ...failed, orderId: uuid(), kind: 'CONFIRMED', at: late },
  );
  await eventually(async () =>
    expect((await historyOf(id)).undeliverable).toEqual([
      { kind: 'CANCELLED', reason: '550 no such mailbox', at: late },
      { kind: 'CONFIRMED', reason: '501 bad address', at: late },
    ]),
  );
  const { stdout } = await new Operator(street.test.brokerUrl).run('saga', 'show', id);
  expect(stdout).toContain('"confirmed" is undeliverable since 2026-11-27 23:00:00 UTC: 501 bad address');
  for (const kind of ['CONFIRMED', 'CANCELLED'] as const)
    await street.test.send(MailSettled, { orderId: id, kind, outcome: 'delivered', reason: null, at: late });
  await eventually(async () => expect((await historyOf(id)).undeliverable).toEqual([]));
});

it('tells other services the state of orders of any customer', async () => {
  const { id } = await street.place();
  const { orders } = await street.test.ask(GetOrderStatuses, { ids: [id, uuid()] });
  expect(orders).toEqual([{ id, status: 'CONFIRMED' }]);
});
