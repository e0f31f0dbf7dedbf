import { randomUUID, randomUUIDv7 as uuid } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type DataOf,
  GetOrderStatuses,
  MailSettled,
  OrderCancelled,
  OrderConfirmed,
  type OrderFact,
  OrderRejected,
  type OrderStatus,
} from '@caravan/contracts';
import { newTraceparent } from '@caravan/platform';
import { eventually, Neighbour, startTestService, type TestService } from '@caravan/testing';
import { register } from 'prom-client';
import { notificationsEnv } from '../src/notifications.env.ts';
import { NotificationsModule } from '../src/notifications.module.ts';
import { SenderService } from '../src/sender.service.ts';
import { PostOffice } from './post-office.ts';
import { startUsersDouble, STRANGER } from './users.double.ts';

const post = new PostOffice();
let notifications: TestService;
const neighbours: { stop(): Promise<unknown> }[] = [];
/** How orders stand, by id; the others are CONFIRMED. */
const standing = new Map<string, OrderStatus>();

const startOrders = () =>
  Neighbour.start('orders', notifications.brokerUrl, {
    [GetOrderStatuses.type]: ({ ids }: DataOf<typeof GetOrderStatuses>) => ({
      orders: ids.map((id) => ({ id, status: standing.get(id) ?? 'CONFIRMED' })),
    }),
  });

beforeAll(async () => {
  notifications = await startTestService(NotificationsModule, notificationsEnv, {
    SMTP_URL: await post.open(),
    MAIL_FROM: 'Caravan <orders@shop.example>',
    MAIL_RATE: '10000',
    MAIL_ATTEMPTS: '3',
  });
  neighbours.push(await startUsersDouble(notifications.brokerUrl));
  neighbours.push(await startOrders());
});
afterAll(async () => {
  for (const neighbour of neighbours) await neighbour.stop();
  await notifications?.stop();
  await post.close();
});

const news = (customerId: string = randomUUID()): OrderFact => ({
  orderId: randomUUID(),
  number: 'C-1001',
  customerId,
  lines: [{ sku: 'MUG', name: 'Mug', quantity: 1, unitPriceMinor: 1490, totalMinor: 1490 }],
  totalMinor: 1490,
  currency: 'EUR',
});

async function statesOf({ orderId }: OrderFact): Promise<Record<string, string>> {
  const { rows } = await notifications.database.query<{ kind: string; state: string }>(
    'SELECT kind, state FROM notification WHERE order_id = $1',
    [orderId],
  );
  return Object.fromEntries(rows.map(({ kind, state }) => [kind, state]));
}
const stand = (order: OrderFact, states: Record<string, string>) =>
  eventually(async () => expect(await statesOf(order)).toEqual(states));

/** Waits for a row of the order that is as the condition says. */
const until = ({ orderId }: OrderFact, condition: string) =>
  eventually(async () => {
    const sql = `SELECT 1 FROM notification WHERE order_id = $1 AND ${condition}`;
    expect((await notifications.database.query(sql, [orderId])).rowCount).toBe(1);
  });

async function timePasses(): Promise<void> {
  await notifications.database.query(`UPDATE notification SET due_at = now() WHERE state = 'PENDING'`);
  notifications.service.app.get(SenderService, { strict: false }).kick();
}

/** An event that was made some time ago: redriven by an operator, or left behind by a crash. */
async function told(contract: { type: string }, data: OrderFact, secondsAgo: number): Promise<void> {
  const made = (Date.now() - secondsAgo * 1_000).toString(16).padStart(12, '0');
  const id = `${made.slice(0, 8)}-${made.slice(8)}${uuid().slice(13)}`;
  await notifications.publish([{ id, type: contract.type, data, trace: newTraceparent() }]);
}

async function count(name: string, kind: string): Promise<number> {
  const metric = (await register.getMetricsAsJSON()).find((each) => each.name === name);
  return metric?.values.find(({ labels }) => labels['kind'] === kind)?.value ?? 0;
}

const subjects = ({ orderId }: OrderFact) =>
  post.messageIds(orderId).map((id) => id.slice(1, id.indexOf('.')));

describe('mails of one order never contradict how it stands', () => {
  it.each([
    [OrderCancelled, 'CANCELLED'],
    [OrderRejected, 'REJECTED'],
  ] as const)('a confirmation that comes after $type is not sent, and counted', async (contract, kind) => {
    const before = await count('notifications_superseded_total', 'confirmed');
    const order = news();
    const reason = { code: 'payments.declined', message: 'Declined.' };
    await notifications.send(contract as typeof OrderRejected, { ...order, reason });
    await stand(order, { [kind]: 'SENT' });
    await notifications.send(OrderConfirmed, order);
    await stand(order, { [kind]: 'SENT', CONFIRMED: 'SUPERSEDED' });
    expect(subjects(order)).toEqual([kind.toLowerCase()]);
    expect(await count('notifications_superseded_total', 'confirmed')).toBe(before + 1);
  });

  it('a confirmation that waits for its next try is dropped when the order is cancelled meanwhile', async () => {
    const order = news();
    post.refusals.push({ code: 451, text: 'come back later' });
    await notifications.send(OrderConfirmed, order);
    await until(order, 'reason IS NOT NULL');
    await notifications.send(OrderCancelled, order);
    await stand(order, { CONFIRMED: 'PENDING', CANCELLED: 'SENT' });
    await timePasses();
    await stand(order, { CONFIRMED: 'SUPERSEDED', CANCELLED: 'SENT' });
    expect(subjects(order)).toEqual(['cancelled']);
  });

  it('a cancellation waits while the confirmation is on its way to the relay', async () => {
    const order = news();
    let goOn!: () => void;
    post.mayAnswer = new Promise((resolve) => (goOn = resolve));
    await notifications.send(OrderConfirmed, order);
    await until(order, 'sending_until > now()');
    await notifications.send(OrderCancelled, order);
    await stand(order, { CONFIRMED: 'PENDING', CANCELLED: 'PENDING' });
    post.mayAnswer = Promise.resolve();
    goOn();
    await stand(order, { CONFIRMED: 'SENT', CANCELLED: 'SENT' });
    expect(subjects(order)).toEqual(['confirmed', 'cancelled']);
  });

  it('an old confirmation is checked against the order, whose cancellation has not been heard of', async () => {
    const [cancelled, confirmed] = [news(), news()];
    standing.set(cancelled.orderId, 'CANCELLED');
    await told(OrderConfirmed, cancelled, 300);
    await told(OrderConfirmed, confirmed, 300);
    await stand(cancelled, { CONFIRMED: 'SUPERSEDED' });
    await stand(confirmed, { CONFIRMED: 'SENT' });
    expect([subjects(cancelled), subjects(confirmed)]).toEqual([[], ['confirmed']]);
  });

  it('an old cancellation is sent: an order that is over stays so', async () => {
    const order = news();
    await told(OrderCancelled, order, 86_400);
    await stand(order, { CANCELLED: 'SENT' });
  });

  it('an old confirmation waits for orders when that is away', async () => {
    await neighbours.pop()!.stop();
    const order = news();
    await told(OrderConfirmed, order, 300);
    await eventually(async () =>
      expect(
        (
          await notifications.database.query(
            `SELECT reason FROM notification WHERE order_id = $1 AND state = 'PENDING'`,
            [order.orderId],
          )
        ).rows,
      ).toEqual([{ reason: expect.stringContaining('how the order stands is not known') }]),
    );
    neighbours.push(await startOrders());
    await timePasses();
    await stand(order, { CONFIRMED: 'SENT' });
  });
});

describe('a mail that cannot be delivered', () => {
  const saidOf = ({ orderId }: OrderFact): DataOf<typeof MailSettled>[] =>
    notifications.said(MailSettled).filter((said) => said.orderId === orderId);

  it.each([501, 550, 554])('is final at once for %d, counted, and told to the order', async (code) => {
    const before = await count('notifications_undeliverable_total', 'confirmed');
    const order = news();
    post.refusals.push({ code, text: 'no such mailbox' });
    await notifications.send(OrderConfirmed, order);
    await stand(order, { CONFIRMED: 'FAILED' });
    expect(await count('notifications_undeliverable_total', 'confirmed')).toBe(before + 1);
    await eventually(() =>
      expect(saidOf(order)).toEqual([
        {
          orderId: order.orderId,
          kind: 'CONFIRMED',
          outcome: 'undeliverable',
          reason: expect.stringContaining('no such mailbox'),
          at: expect.any(String),
        },
      ]),
    );
  });

  it('is told of for a customer who is not there, and not for one whose mail only waits', async () => {
    const [stranger, late] = [news(STRANGER), news()];
    await notifications.send(OrderConfirmed, stranger);
    await eventually(() => expect(saidOf(stranger)).toHaveLength(1));
    post.refusals.push({ code: 451, text: 'come back later' });
    await notifications.send(OrderConfirmed, late);
    await timePasses();
    await eventually(async () => {
      await timePasses();
      expect(await statesOf(late)).toEqual({ CONFIRMED: 'SENT' });
    });
    expect(saidOf(late)).toEqual([]);
  });

  it('is told of once more when it is delivered after all', async () => {
    const order = news();
    post.refusals.push({ code: 550, text: 'mailbox full' });
    await notifications.send(OrderConfirmed, order);
    await stand(order, { CONFIRMED: 'FAILED' });
    await notifications.database.query(
      `UPDATE notification SET state = 'PENDING', attempts = 0, due_at = now(), settled_at = NULL WHERE order_id = $1`,
      [order.orderId],
    );
    await timePasses();
    await stand(order, { CONFIRMED: 'SENT' });
    await eventually(() =>
      expect(saidOf(order).map(({ outcome }) => outcome)).toEqual(['undeliverable', 'delivered']),
    );
  });
});
