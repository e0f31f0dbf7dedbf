import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { GetOrders, OrderConfirmed, ReservationOverdue } from '@caravan/contracts';
import { UnitOfWork } from '@caravan/outbox';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { isCommit, type Proxy } from '../../../chaos/tools/proxy.ts';
import { goAway, SubjectModule, subjectEnv, through } from './subject.ts';

let test: TestService;
let work: UnitOfWork;
let database: Proxy;

beforeAll(async () => {
  test = await startTestService(SubjectModule, subjectEnv, async ({ DATABASE_URL }) => {
    const { proxy, url } = await through(DATABASE_URL!);
    database = proxy;
    return { DATABASE_URL: url };
  });
  work = test.service.app.get(UnitOfWork);
});
afterEach(() => database.heal());
afterAll(async () => {
  await test?.stop();
  await database?.close();
});

const ask = () => test.ask(GetOrders, { customerId: uuid(), ids: [] });
const send = async (ids: string[]) => test.send(ReservationOverdue, ...ids.map((orderId) => ({ orderId })));
const ids = (count: number) => Array.from({ length: count }, () => uuid());
/** Each had its effect once, at its first attempt: none was parked meanwhile. */
const allOnce = (orders: string[]) =>
  eventually(async () => {
    const sql = 'SELECT n, attempt FROM effect WHERE id = ANY($1)';
    expect((await test.database.query(sql, [orders])).rows).toEqual(orders.map(() => ({ n: 1, attempt: 1 })));
  });
const say = (orderId: string, options?: { idempotent: boolean }) =>
  work.run(async (tx) => {
    await tx.query('INSERT INTO effect (id) VALUES ($1) ON CONFLICT DO NOTHING', [orderId]);
    const rest = { number: 'CV-1', customerId: uuid(), lines: [], totalMinor: 0, currency: 'EUR' };
    tx.publish(OrderConfirmed, { orderId, ...rest });
  }, options);
const saidOf = (orderId: string) => test.said(OrderConfirmed).filter((data) => data.orderId === orderId);

describe('a database that is away', () => {
  it('makes requests unavailable and messages wait, however long, without an attempt being counted', async () => {
    const orders = ids(20);
    goAway(database);
    await send(orders);
    await expect(ask()).rejects.toMatchObject({ code: 'caravan.unavailable' });
    await eventually(async () => await expect(ask()).rejects.toMatchObject({ code: 'caravan.unavailable' }));
    database.heal();
    await allOnce(orders);
    await eventually(ask);
  });

  it('and comes back without its sessions has lost no effect and doubled none', async () => {
    const orders = ids(100);
    const sending = orders.map((id) => send([id]));
    for (let i = 0; i < 5; i++) {
      await test.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'orders' AND datname = current_database()`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(sending);
    await allOnce(orders);
  });

  it.each(['before', 'after'] as const)('at COMMIT, %s it: a message has its effect once', async (when) => {
    const orders = ids(3);
    const before = database.cuts;
    database.rules.push({ direction: 'to-server', matches: isCommit, when, times: 1 });
    await send(orders);
    await allOnce(orders);
    await eventually(() => expect(database.cuts).toBe(before + 1));
  });

  it.each(['before', 'after'] as const)(
    'at COMMIT, %s it: nobody claims to know, unless doing it again tells',
    async (when) => {
      let once = uuid();
      const again = uuid();
      // The poller commits as well now and then: whom the cut hits is not for us to choose.
      await eventually(async () => {
        database.rules.splice(0, Infinity, { direction: 'to-server', matches: isCommit, when, times: 1 });
        once = uuid();
        await expect(say(once)).rejects.toMatchObject({ name: 'TransientError', outcomeUnknown: true });
      });
      database.rules.push({ direction: 'to-server', matches: isCommit, when, times: 1 });
      await say(again, { idempotent: true });
      await eventually(() => expect(saidOf(again).length).toBeGreaterThan(0));
      await eventually(() => expect(saidOf(once)).toHaveLength(when === 'after' ? 1 : 0));
    },
  );

  it('whose connections are all taken is unavailable, and nothing hangs', async () => {
    let held = true;
    // Busy and not idle: a session that is idle in a transaction is ended.
    const hold = () =>
      work.run(async (tx) => {
        while (held) await tx.query('SELECT pg_sleep(0.05)');
      });
    const holding = Array.from({ length: 4 }, hold);
    await expect(ask()).rejects.toMatchObject({ code: 'caravan.unavailable' });
    held = false;
    await Promise.all(holding);
    await ask();
  });
});
