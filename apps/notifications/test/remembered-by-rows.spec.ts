import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrderConfirmed, REMEMBERED_BY_ROWS } from '@caravan/contracts';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { notificationsEnv } from '../src/notifications.env.ts';
import { NotificationsModule } from '../src/notifications.module.ts';
import { PostOffice } from './post-office.ts';

const post = new PostOffice();
let notifications: TestService;

beforeAll(async () => {
  notifications = await startTestService(NotificationsModule, notificationsEnv, {
    SMTP_URL: await post.open(),
    MAIL_FROM: 'Caravan <orders@shop.example>',
    // One mail an hour: nothing but the events changes a row.
    MAIL_RATE: '0.0003',
  });
});
afterAll(async () => {
  await notifications?.stop();
  await post.close();
});

const newsOf = (orderId: string) => ({
  orderId,
  number: 'C-1',
  customerId: randomUUID(),
  lines: [],
  totalMinor: 0,
  currency: 'EUR',
  reason: { code: 'payments.declined', message: 'Declined.' },
});
const rowsOf = async (orderId: string) =>
  (
    await notifications.database.query(
      'SELECT order_id, kind, news, traceparent, recorded_at, said_at FROM notification WHERE order_id = $1',
      [orderId],
    )
  ).rows;
const recorded = (orderId: string) => eventually(async () => expect(await rowsOf(orderId)).toHaveLength(1));

it.each(REMEMBERED_BY_ROWS['notifications']!.map((event) => [event.type, event] as const))(
  '%s that is handled again, under the same id or another, changes nothing and needs no inbox',
  async (_, event) => {
    const [order, after] = [newsOf(randomUUID()), newsOf(randomUUID())];
    const ids = await notifications.send(event, order);
    await recorded(order.orderId);
    const before = await rowsOf(order.orderId);
    await notifications.publish(notifications.published.filter(({ id }) => ids.includes(id)));
    ids.push(...(await notifications.send(event, order, order)));
    await notifications.send(OrderConfirmed, after);
    await recorded(after.orderId);
    expect(await rowsOf(order.orderId)).toEqual(before);
    const { rows } = await notifications.database.query(
      'SELECT 1 FROM inbox WHERE message_id = ANY($1::uuid[])',
      [ids],
    );
    expect(rows).toEqual([]);
  },
);
