import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Batcher, MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { newTraceparent, runService, serviceEnv } from '@caravan/platform';
import { setTimeout as delay } from 'node:timers/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { Hear } from './hear.contract.ts';

type Moment = [n: number, at: string];

/** Batches under way at once, as a service has them. */
const IN_FLIGHT = 2;

export interface SendTask {
  order: { orderId: string; customerId: string; lines: { sku: string; quantity: number }[] };
  /** Number of the first message. */
  from: number;
  ms: number;
  /** Transactions a second, however long each takes; */
  rate?: number;
  /** or so many at once, the next as soon as one is done. */
  concurrency?: number;
  /** So many orders in one transaction at most; 1 unless told. */
  batch?: number;
  /** Without a message: what the transaction costs by itself. */
  silent?: boolean;
}

class CreateOrder1 implements MigrationInterface {
  name = 'CreateOrder1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE bench_order (n int PRIMARY KEY, body jsonb NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bench_order');
  }
}

@Module({
  imports: [
    MessagingModule.forClient('orders'),
    OutboxModule.forService({ entities: [], migrations: [CreateOrder1] }),
  ],
})
class SenderModule {}

const { app } = await runService(
  SenderModule,
  serviceEnv('orders', { RABBITMQ_URL: z.url(), DATABASE_URL: z.url() }),
);
const unitOfWork = app.get(UnitOfWork);

/** Orders and their messages in one transaction. @returns of each when it was committed, by the machine's monotonic clock */
async function place(numbers: number[], { order, silent }: SendTask): Promise<Moment[]> {
  await unitOfWork.run(async (tx) => {
    tx.execute('INSERT INTO bench_order (n, body) SELECT n, $2::jsonb FROM unnest($1::int[]) AS n', [
      numbers,
      order,
    ]);
    if (!silent) for (const n of numbers) tx.send(Hear, { n, order }, { traceparent: newTraceparent() });
  });
  const at = String(process.hrtime.bigint());
  return numbers.map((n) => [n, at]);
}

async function run(task: SendTask): Promise<Moment[]> {
  const { from, ms, rate, concurrency = 1, batch = 1 } = task;
  const start = performance.now();
  const commits: Promise<Moment>[] = [];
  const batches = new Batcher<number, Moment>((numbers) => place(numbers, task), {
    max: batch,
    inFlight: batch === 1 ? Infinity : IN_FLIGHT,
  });
  const next = (): Promise<Moment> => {
    const commit = batches.add(from + commits.length);
    commits.push(commit);
    return commit;
  };
  if (rate !== undefined)
    while (performance.now() - start < ms) {
      void next();
      await delay(Math.max(0, start + (commits.length * 1_000) / rate - performance.now()));
    }
  else {
    const client = async (): Promise<void> => {
      while (performance.now() - start < ms) await next();
    };
    await Promise.all(Array.from({ length: concurrency }, client));
  }
  return Promise.all(commits);
}

process.on('message', (task: SendTask) => {
  void run(task).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.send?.({ ready: true });
