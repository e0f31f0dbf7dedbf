import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrderConfirmed } from '@caravan/contracts';
import { ENV, type RunningService } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { type NotificationsEnv, notificationsEnv } from '../src/notifications.env.ts';
import { NotificationsModule } from '../src/notifications.module.ts';
import { SenderService } from '../src/sender.service.ts';
import { PostOffice } from './post-office.ts';
import { startUsersDouble } from './users.double.ts';

const WAITING = 3_000;
const SENT = 160;

const post = new PostOffice();
let notifications: TestService;
let users: RunningService | undefined;

beforeAll(async () => {
  notifications = await startTestService(NotificationsModule, notificationsEnv, {
    SMTP_URL: await post.open(),
    MAIL_FROM: 'Caravan <orders@shop.example>',
    MAIL_RATE: '10000',
  });
  const { RABBITMQ_URL } = notifications.service.app.get<NotificationsEnv>(ENV, { strict: false });
  users = await startUsersDouble(RABBITMQ_URL);
});
afterAll(async () => {
  await users?.stop();
  await notifications?.stop();
  await post.close();
});

const count = async (sql: string): Promise<number> =>
  Number((await notifications.database.query<{ n: string }>(sql)).rows[0]!.n);
const sent = () => count(`SELECT count(*) AS n FROM notification WHERE state = 'SENT'`);
const entriesRead = () =>
  count(`SELECT idx_tup_read AS n FROM pg_stat_user_indexes WHERE indexrelname = 'notification_due'`);

it('sending reads as many waiting mails as it sends, however many wait', async () => {
  // The plans of the sender's statements are made now, while the table is empty.
  const news = { orderId: randomUUID(), number: 'C-1', customerId: randomUUID(), lines: [], totalMinor: 0 };
  await notifications.send(OrderConfirmed, { ...news, currency: 'EUR' });
  await eventually(async () => expect(await sent()).toBe(1));
  await notifications.database.query(
    `INSERT INTO notification (order_id, kind, news, traceparent, due_at, state, settled_at)
     SELECT gen_random_uuid(), 'CONFIRMED', news, traceparent, now() + (n > $2) :: int * interval '1 hour', 'PENDING', NULL
     FROM notification, generate_series(1, $1::int) AS n`,
    [WAITING, SENT],
  );
  const before = await entriesRead();
  notifications.service.app.get(SenderService, { strict: false }).kick();
  await eventually(async () => expect(await sent()).toBe(1 + SENT), 30_000);
  // The statistics of a session are told a moment after its transactions.
  await eventually(async () => expect(await entriesRead()).toBeGreaterThan(before + SENT / 2));
  expect((await entriesRead()) - before).toBeLessThan(WAITING * 5);
});
