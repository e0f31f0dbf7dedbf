import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { OrderRejected, ReservationOverdue } from '@caravan/contracts';
import { EXCHANGE, MAX_BODY_BYTES } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { newTraceparent, type RunningService, runService } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { SubjectModule, subjectEnv } from './subject.ts';

let test: TestService;
let broker: ChannelModel;
let channel: Channel;
let replica: RunningService;

beforeAll(async () => {
  let source: Record<string, string> = {};
  test = await startTestService(SubjectModule, subjectEnv, async (servers) => (source = servers));
  replica = await runService(SubjectModule, subjectEnv, {
    source: { ...source, NODE_ENV: 'test', LOG_LEVEL: 'fatal' },
  });
  broker = await connect(test.brokerUrl);
  channel = await broker.createChannel();
});
afterAll(async () => {
  await replica?.stop();
  await broker?.close();
  await test?.stop();
});

const fact = (orderId: string) => ({
  orderId,
  number: 'CV-1',
  customerId: uuid(),
  lines: [],
  totalMinor: 0,
  currency: 'EUR',
});
/** What a crash has left behind a minute ago. */
const leave = async (type: string, all: readonly { orderId: string }[]) => {
  const trace = newTraceparent();
  const items = all.map((data) => ({ id: uuid(), type, data, trace }));
  await test.database.query(
    `INSERT INTO outbox (message_id, type, routing_key, body, created_at)
     SELECT id, $1, $1, body, now() - interval '1 minute' FROM unnest($2::uuid[], $3::text[]) AS left_behind (id, body)`,
    [type, items.map(({ id }) => id), items.map((item) => JSON.stringify(item))],
  );
};
const waiting = async (type: string) =>
  (await test.database.query('SELECT count(*)::int AS n FROM outbox WHERE type = $1', [type])).rows[0].n;
const effects = async (orders: string[]) =>
  (await test.database.query('SELECT n FROM effect WHERE id = ANY($1)', [orders])).rows.map(({ n }) => n);

it('keeps what a full queue refuses, and brings what stands behind it', async () => {
  const options = { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } };
  const { queue } = await channel.assertQueue('', { exclusive: true, ...options });
  await channel.bindQueue(queue, EXCHANGE, OrderRejected.type);
  channel.sendToQueue(queue, Buffer.from('full'));
  const refused = Array.from({ length: 1_200 }, () => ({
    ...fact(uuid()),
    reason: { code: 'x.y', message: 'No' },
  }));
  await leave(OrderRejected.type, refused);
  const order = uuid();
  await leave(ReservationOverdue.type, [{ orderId: order }]);
  await eventually(async () => expect(await effects([order])).toEqual([1]));
  expect(await waiting(OrderRejected.type)).toBeGreaterThan(1_000);
  await channel.deleteQueue(queue);
  await eventually(async () => expect(await waiting(OrderRejected.type)).toBe(0));
});

it('of two replicas brings everything once where both look, and it has its effect once', async () => {
  const orders = Array.from({ length: 2_000 }, () => ({ orderId: uuid() }));
  await leave(ReservationOverdue.type, orders);
  const ids = orders.map(({ orderId }) => orderId);
  await eventually(async () => expect(await effects(ids)).toEqual(ids.map(() => 1)));
  await eventually(async () => expect(await waiting(ReservationOverdue.type)).toBe(0));
});

it('refuses to write what no message may carry', async () => {
  const work = test.service.app.get(UnitOfWork);
  const reason = { code: 'x.y', message: 'x'.repeat(MAX_BODY_BYTES) };
  const saying = work.run(async (tx) => tx.publish(OrderRejected, { ...fact(uuid()), reason }));
  await expect(saying).rejects.toThrow('too large');
});

it('forgets which messages were consumed when none can come again, and not before', async () => {
  const [old, recent] = [uuid(), uuid()];
  await test.database.query(
    `INSERT INTO inbox VALUES ($1, now() - interval '7 days 1 minute'), ($2, now() - interval '6 days 23 hours')`,
    [old, recent],
  );
  await test.restart();
  const left = 'SELECT message_id FROM inbox WHERE message_id = ANY($1)';
  await eventually(async () =>
    expect((await test.database.query(left, [[old, recent]])).rows).toEqual([{ message_id: recent }]),
  );
});
