import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { z } from 'zod';
import { OrderCancelled, OrderConfirmed, OrderRejected } from '@caravan/contracts';
import { type Message, MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { newTraceparent, serviceEnv } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';

/** Orders whose message had its effect, once for each time. */
const heard: string[] = [];

@Controller()
class Handlers {
  constructor(private readonly work: UnitOfWork) {}

  @EventPattern<string>(OrderConfirmed.type)
  confirmed(@Payload() messages: Message<{ orderId: string }>[]) {
    return this.work.consume(messages, async (fresh, tx) => {
      tx.afterCommit(() => heard.push(...fresh.map(({ data }) => data.orderId)));
    });
  }

  @EventPattern<string>(OrderRejected.type)
  rejected() {}

  @EventPattern<string>(OrderCancelled.type)
  cancelled() {}
}

@Module({
  imports: [
    MessagingModule.forService('notifications'),
    OutboxModule.forService({ entities: [], migrations: [] }),
  ],
  controllers: [Handlers],
})
class SubjectModule {}

const env = serviceEnv('notifications', { RABBITMQ_URL: z.url(), DATABASE_URL: z.url() });
const fact = () => ({
  orderId: uuid(),
  number: 'CV-1',
  customerId: uuid(),
  lines: [],
  totalMinor: 0,
  currency: 'EUR',
});

let test: TestService;
let work: UnitOfWork;

beforeAll(async () => {
  test = await startTestService(SubjectModule, env, { FAULT_POINTS: 'on' });
  work = test.service.app.get(UnitOfWork);
});
afterAll(() => test?.stop());

const points = (path = '', init?: RequestInit) =>
  fetch(`${test.service.managementUrl}/fault-points${path}`, init);
/** Once nothing of an earlier story is under way that could pass the point first. */
const lose = async (name: string) => {
  await eventually(async () => {
    expect(await outbox()).toBe(0);
    for (const { orderId } of test.said(OrderConfirmed)) expect(heardOf(orderId)).toHaveLength(1);
  });
  await points(`/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: 'lose' }),
  });
};
const reached = async (name: string): Promise<number> => {
  const states = (await (await points()).json()) as { name: string; reached: number }[];
  return states.find((state) => state.name === name)!.reached;
};
afterEach(() => points('', { method: 'DELETE' }));

const say = async (orderId: string): Promise<void> =>
  work.run(async (tx) => tx.publish(OrderConfirmed, { ...fact(), orderId }));
const saidOf = (orderId: string) => test.said(OrderConfirmed).filter((data) => data.orderId === orderId);
const heardOf = (orderId: string) => heard.filter((id) => id === orderId);
const outbox = async () => (await test.database.query('SELECT count(*)::int AS n FROM outbox')).rows[0].n;

describe('a loss at a fault point', () => {
  it('before COMMIT: nothing has happened', async () => {
    const { orderId } = fact();
    await lose('transaction.before-commit');
    await expect(say(orderId)).rejects.toMatchObject({ name: 'TransientError', outcomeUnknown: false });
    expect(await outbox()).toBe(0);
    await say(orderId);
    await eventually(() => expect(saidOf(orderId)).toHaveLength(1));
  });

  it('of the answer to COMMIT: whoever asked is told that nobody knows, and the poller brings what was said', async () => {
    const { orderId } = fact();
    await lose('transaction.after-commit');
    await expect(say(orderId)).rejects.toMatchObject({ name: 'TransientError', outcomeUnknown: true });
    await eventually(() => expect(saidOf(orderId)).toHaveLength(1));
    await eventually(() => expect(heardOf(orderId)).toHaveLength(1));
  });

  it('of the news that the broker has it: said twice, heard once', async () => {
    const { orderId } = fact();
    await lose('outbox.before-mark');
    await say(orderId);
    await eventually(() => expect(saidOf(orderId)).toHaveLength(2));
    await eventually(async () => expect(await outbox()).toBe(0));
    expect(heardOf(orderId)).toHaveLength(1);
  });

  it.each(['consumer.before-handler', 'consumer.before-ack'])(
    '%s: it comes again, heard once',
    async (name) => {
      const { orderId } = fact();
      const before = await reached(name);
      await lose(name);
      await test.publish([
        { id: uuid(), type: OrderConfirmed.type, data: { ...fact(), orderId }, trace: newTraceparent() },
      ]);
      await eventually(async () => expect(await reached(name)).toBe(before + 2));
      // A later one has gone all the way: the second time of the first is over.
      const later = fact().orderId;
      await say(later);
      await eventually(() => expect(heardOf(later)).toHaveLength(1));
      expect(heardOf(orderId)).toHaveLength(1);
    },
  );
});
