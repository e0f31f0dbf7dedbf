import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { randomUUID, randomUUIDv7 as uuid } from 'node:crypto';
import { z } from 'zod';
import {
  Failure,
  OrderCancelled,
  OrderConfirmed,
  OrderRejected,
  ReserveStock,
  SagaReply,
} from '@caravan/contracts';
import { type Message, MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { newTraceparent, serviceEnv } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';

class Effects1 implements MigrationInterface {
  name = 'Effects1763700000009';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE effect (id int PRIMARY KEY, n int NOT NULL)');
  }
  async down(): Promise<void> {}
}

@Controller()
class Handlers {
  constructor(private readonly work: UnitOfWork) {}

  @EventPattern<string>(OrderConfirmed.type)
  confirmed(@Payload() messages: Message[]) {
    return this.work.consume(messages, async (fresh, tx) => {
      await tx.query(
        'INSERT INTO effect VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET n = effect.n + excluded.n',
        [fresh.length],
      );
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
    OutboxModule.forService({ entities: [], migrations: [Effects1] }),
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
  test = await startTestService(SubjectModule, env);
  work = test.service.app.get(UnitOfWork);
});
afterAll(() => test?.stop());

const effects = async (id = 1) =>
  (await test.database.query('SELECT n FROM effect WHERE id = $1', [id])).rows[0]?.n ?? 0;
const outbox = async () => (await test.database.query('SELECT count(*)::int AS n FROM outbox')).rows[0].n;
const saidOf = (orderId: string) => test.said(OrderConfirmed).filter((data) => data.orderId === orderId);

describe('the outbox', () => {
  it('publishes what a transaction said, and forgets it once the broker has it', async () => {
    const said = fact();
    await work.run(async (tx) => tx.publish(OrderConfirmed, said));
    await eventually(() => expect(saidOf(said.orderId)).toHaveLength(1));
    await eventually(async () => expect(await outbox()).toBe(0));
  });

  it('says nothing of a transaction that failed', async () => {
    const [failed, after] = [fact(), fact()];
    const failing = work.run(async (tx) => {
      tx.publish(OrderConfirmed, failed);
      await tx.query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    await work.run(async (tx) => tx.publish(OrderConfirmed, after));
    await eventually(() => expect(saidOf(after.orderId)).toHaveLength(1));
    expect(saidOf(failed.orderId)).toHaveLength(0);
  });

  it('refuses to say what is not in the shape of its contract, and rolls back', async () => {
    const saying = work.run(async (tx) => {
      await tx.query('INSERT INTO effect VALUES (77, 1)');
      tx.publish(OrderConfirmed, { ...fact(), totalMinor: 1.5 });
    });
    await expect(saying).rejects.toThrow();
    expect(await effects(77)).toBe(0);
  });

  it('brings what a crash left behind, from the poller, in the order in which it was written', async () => {
    // More than one look takes, under ids that say nothing of the order.
    const facts = Array.from({ length: 1_200 }, fact);
    const items = facts.map((data) => ({
      id: randomUUID(),
      type: OrderConfirmed.type,
      data,
      trace: newTraceparent(),
    }));
    await test.database.query(
      `INSERT INTO outbox (message_id, type, routing_key, body, created_at)
       SELECT id, $1, $1, body, now() - interval '1 minute' FROM unnest($2::uuid[], $3::text[]) AS left_behind (id, body)`,
      [OrderConfirmed.type, items.map(({ id }) => id), items.map((item) => JSON.stringify(item))],
    );
    await eventually(async () => expect(await outbox()).toBe(0));
    const written = facts.map(({ orderId }) => orderId);
    const said = test.said(OrderConfirmed).map(({ orderId }) => orderId);
    expect(said.slice(-written.length)).toEqual(written);
  });

  it('does a transaction again that the database refused because of a conflict', async () => {
    await test.database.query('INSERT INTO effect VALUES (11, 0), (12, 0)');
    // Both hold one row before either asks for the other's: PostgreSQL ends one of them.
    let holding = 0;
    let bothHold = () => {};
    const met = new Promise<void>((resolve) => (bothHold = resolve));
    const cross = (first: number, second: number) => {
      let attempt = 0;
      return work.run(async (tx) => {
        await tx.query('UPDATE effect SET n = n + 1 WHERE id = $1', [first]);
        if (attempt++ === 0) {
          if (++holding === 2) bothHold();
          await met;
        }
        await tx.query('UPDATE effect SET n = n + 1 WHERE id = $1', [second]);
      });
    };
    await Promise.all([cross(11, 12), cross(12, 11)]);
    expect([await effects(11), await effects(12)]).toEqual([2, 2]);
  });

  it('answers a saga, only the one that asked, and nobody when nobody asked', async () => {
    const question = {
      type: ReserveStock.type,
      traceparent: newTraceparent(),
      sagaId: 'checkout:01a1ff7c-9ab7-7000-8000-000000000001',
      ask: uuid(),
      replyTo: 'tests',
    };
    await work.run(async (tx) => {
      tx.reply({ type: ReserveStock.type, traceparent: newTraceparent() }, {});
      tx.reply(question, new Failure('x.refused', 'No'));
    });
    const reply = await eventually(() => {
      const found = test.published.find((item) => item.type === SagaReply.type);
      if (!found) throw new Error('no answer yet');
      return found;
    });
    expect(reply).toMatchObject({
      data: {
        sagaId: 'checkout:01a1ff7c-9ab7-7000-8000-000000000001',
        ask: question.ask,
        outcome: { ok: false, failure: { code: 'x.refused', message: 'No' } },
      },
      trace: question.traceparent,
    });
    expect(test.published.filter((item) => item.type === SagaReply.type)).toHaveLength(1);
  });
});

describe('the inbox', () => {
  it('lets a message have its effect once, however often it comes, in one batch or several', async () => {
    const before = await effects();
    const item = { id: uuid(), type: OrderConfirmed.type, data: fact(), trace: newTraceparent() };
    await test.publish([item, item, item]);
    await test.publish([item]);
    const [last] = await test.send(OrderConfirmed, fact());
    await eventually(async () =>
      expect((await test.database.query('SELECT 1 FROM inbox WHERE message_id = $1', [last])).rowCount).toBe(
        1,
      ),
    );
    expect(await effects()).toBe(before + 2);
  });

  it('remembers over a restart', async () => {
    const before = await effects();
    const item = { id: uuid(), type: OrderConfirmed.type, data: fact(), trace: newTraceparent() };
    await test.publish([item]);
    await eventually(async () => expect(await effects()).toBe(before + 1));
    await test.restart();
    work = test.service.app.get(UnitOfWork);
    await test.publish([item]);
    const [last] = await test.send(OrderConfirmed, fact());
    await eventually(async () =>
      expect((await test.database.query('SELECT 1 FROM inbox WHERE message_id = $1', [last])).rowCount).toBe(
        1,
      ),
    );
    expect(await effects()).toBe(before + 2);
  });
});
