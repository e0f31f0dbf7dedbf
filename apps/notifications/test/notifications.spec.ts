import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderCancelled, OrderConfirmed, type OrderFact, OrderRejected } from '@caravan/contracts';
import { ENV, type RunningService } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { type NotificationsEnv, notificationsEnv } from '../src/notifications.env.ts';
import { NotificationsModule } from '../src/notifications.module.ts';
import { SenderService } from '../src/sender.service.ts';
import { PostOffice } from './post-office.ts';
import { startUsersDouble, STRANGER } from './users.double.ts';

const post = new PostOffice();
let notifications: TestService;
let users: RunningService | undefined;
let rabbitUrl: string;

beforeAll(async () => {
  notifications = await startTestService(NotificationsModule, notificationsEnv, {
    SMTP_URL: await post.open(),
    MAIL_FROM: 'Caravan <orders@shop.example>',
    MAIL_RATE: '10000',
    MAIL_ATTEMPTS: '3',
  });
  rabbitUrl = notifications.service.app.get<NotificationsEnv>(ENV, { strict: false }).RABBITMQ_URL;
  users = await startUsersDouble(rabbitUrl);
});
afterAll(async () => {
  await users?.stop();
  await notifications?.stop();
  await post.close();
});

const news = (customerId: string = randomUUID()): OrderFact => ({
  orderId: randomUUID(),
  number: 'C-1001',
  customerId,
  lines: [
    { sku: 'KIT-MUG-OAT', name: 'Stoneware Mug, Oat', quantity: 2, unitPriceMinor: 1490, totalMinor: 2980 },
  ],
  totalMinor: 2980,
  currency: 'EUR',
});

interface Row {
  kind: string;
  state: string;
  attempts: number;
  reason: string | null;
}

async function rowsOf({ orderId }: OrderFact): Promise<Row[]> {
  const sql =
    'SELECT kind, state, attempts, reason FROM notification WHERE order_id = $1 ORDER BY recorded_at';
  return (await notifications.database.query<Row>(sql, [orderId])).rows;
}

const settled = (order: OrderFact, state: string) =>
  eventually(async () => {
    const rows = await rowsOf(order);
    expect(rows.map((row) => row.state)).toEqual([state]);
    return rows[0];
  });

/** Makes what is due later due now, as time would. */
async function timePasses(): Promise<void> {
  await notifications.database.query(`UPDATE notification SET due_at = now() WHERE state = 'PENDING'`);
  notifications.service.app.get(SenderService, { strict: false }).kick();
}

describe('news of an order', () => {
  it('reaches the customer by mail', async () => {
    const order = news();
    await notifications.send(OrderConfirmed, order);
    await settled(order, 'SENT');
    const mail = post.delivered.find(({ to }) => to === `${order.customerId}@example.com`);
    expect(mail?.raw).toContain('From: Caravan <orders@shop.example>');
    expect(mail?.raw).toContain('Subject: Your order C-1001 is confirmed');
    expect(mail?.raw).toContain('Stoneware Mug, Oat');
    expect(post.messageIds(order.orderId)).toEqual([`<confirmed.${order.orderId}@shop.example>`]);
  });

  it('is told once a kind, however often it is heard', async () => {
    const order = news();
    await notifications.send(OrderConfirmed, order, order, order);
    await notifications.send(OrderConfirmed, order);
    await notifications.send(OrderCancelled, order);
    const last = news();
    await notifications.send(OrderRejected, {
      ...last,
      reason: { code: 'payments.declined', message: 'Declined.' },
    });
    await settled(last, 'SENT');
    await eventually(async () =>
      expect((await rowsOf(order)).map(({ kind, state }) => [kind, state])).toEqual([
        ['CONFIRMED', 'SENT'],
        ['CANCELLED', 'SENT'],
      ]),
    );
    expect(post.messageIds(order.orderId).sort()).toEqual([
      `<cancelled.${order.orderId}@shop.example>`,
      `<confirmed.${order.orderId}@shop.example>`,
    ]);
  });

  it('keeps its Message-ID when it has to be sent twice', async () => {
    const order = news();
    await notifications.send(OrderConfirmed, order);
    await settled(order, 'SENT');
    // As if the process had died before it wrote down that the mail was sent.
    await notifications.database.query(`UPDATE notification SET state = 'PENDING' WHERE order_id = $1`, [
      order.orderId,
    ]);
    await timePasses();
    await eventually(() => expect(post.messageIds(order.orderId)).toHaveLength(2));
    expect(new Set(post.messageIds(order.orderId)).size).toBe(1);
  });

  it('goes out in numbers, none lost and none twice', async () => {
    const orders = Array.from({ length: 80 }, () => news());
    await notifications.send(OrderConfirmed, ...orders);
    await eventually(() => {
      for (const { orderId } of orders) expect(post.messageIds(orderId)).toHaveLength(1);
    });
  });
});

describe('a mail that does not get through', () => {
  it('is tried again later', async () => {
    const order = news();
    post.refusals.push({ code: 451, text: 'come back later' });
    await notifications.send(OrderConfirmed, order);
    await eventually(async () =>
      expect(await rowsOf(order)).toMatchObject([
        { state: 'PENDING', attempts: 1, reason: expect.stringContaining('come back later') },
      ]),
    );
    await timePasses();
    expect(await settled(order, 'SENT')).toMatchObject({ attempts: 2, reason: null });
  });

  it('is given up after the last try, with the reason', async () => {
    const order = news();
    post.refusals.push(...Array.from({ length: 3 }, () => ({ code: 451, text: 'mailbox busy' })));
    await notifications.send(OrderConfirmed, order);
    for (const attempts of [1, 2]) {
      await eventually(async () =>
        expect(await rowsOf(order)).toMatchObject([{ attempts, reason: expect.anything() }]),
      );
      await timePasses();
    }
    const row = await settled(order, 'FAILED');
    expect(row?.reason).toMatch(/mailbox busy.*after 3 tries/);
  });

  it('is given up at once when the relay refuses it for good, or nobody is there to get it', async () => {
    const [refused, stranger] = [news(), news(STRANGER)];
    post.refusals.push({ code: 554, text: 'no thanks' });
    await notifications.send(OrderConfirmed, refused);
    expect(await settled(refused, 'FAILED')).toMatchObject({
      attempts: 1,
      reason: expect.stringContaining('no thanks'),
    });
    await notifications.send(OrderConfirmed, stranger);
    expect(await settled(stranger, 'FAILED')).toMatchObject({
      attempts: 1,
      reason: 'there is no such customer',
    });
  });

  it("is nobody else's to send while the relay takes its time", async () => {
    const dueAt = async (order: OrderFact) => {
      const sql = 'SELECT due_at FROM notification WHERE order_id = $1 AND attempts = 1';
      return (await notifications.database.query<{ due_at: Date }>(sql, [order.orderId])).rows[0]?.due_at;
    };
    let goOn!: () => void;
    post.mayAnswer = new Promise((resolve) => (goOn = resolve));
    const order = news();
    try {
      await notifications.send(OrderConfirmed, order);
      const first = await eventually(async () => {
        const at = await dueAt(order);
        expect(at).toBeDefined();
        return at!;
      });
      await eventually(async () => expect((await dueAt(order))!.getTime()).toBeGreaterThan(first.getTime()));
    } finally {
      goOn();
    }
    await settled(order, 'SENT');
    expect(post.messageIds(order.orderId)).toHaveLength(1);
  });

  it('waits for users when that is away', async () => {
    await users?.stop();
    users = undefined;
    const order = news();
    await notifications.send(OrderConfirmed, order);
    await eventually(async () =>
      expect(await rowsOf(order)).toMatchObject([
        { state: 'PENDING', reason: expect.stringContaining('address') },
      ]),
    );
    users = await startUsersDouble(rabbitUrl);
    await timePasses();
    await settled(order, 'SENT');
  });
});

it('sends after a restart what was recorded before it', async () => {
  const order = news();
  post.refusals.push({ code: 451, text: 'come back later' });
  await notifications.send(OrderConfirmed, order);
  await eventually(async () => expect(await rowsOf(order)).toMatchObject([{ reason: expect.anything() }]));
  await notifications.database.query(`UPDATE notification SET due_at = now() WHERE state = 'PENDING'`);
  await notifications.restart();
  await settled(order, 'SENT');
});
