import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { OrderCancelled, OrderConfirmed, OrderRejected } from '@caravan/contracts';
import { type Message, MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { serviceEnv } from '@caravan/platform';

class Counter1 implements MigrationInterface {
  name = 'Counter1763700000008';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE counter (order_id uuid PRIMARY KEY, n int NOT NULL)');
  }
  async down(): Promise<void> {}
}

const COUNT = `
  INSERT INTO counter SELECT unnest($1::uuid[]), 1
  ON CONFLICT (order_id) DO UPDATE SET n = counter.n + 1`;

@Controller()
class Handlers {
  constructor(private readonly work: UnitOfWork) {}

  /** An effect that shows when it happens twice. */
  @EventPattern<string>(OrderConfirmed.type)
  confirmed(@Payload() messages: Message<{ orderId: string }>[]) {
    return this.work.consume(messages, async (fresh, tx) => {
      await tx.query(COUNT, [fresh.map(({ data }) => data.orderId)]);
    });
  }

  @EventPattern<string>(OrderRejected.type)
  rejected() {}

  @EventPattern<string>(OrderCancelled.type)
  cancelled() {}
}

/** Counts for each order how often its confirmation had an effect. */
@Module({
  imports: [
    MessagingModule.forService('notifications'),
    OutboxModule.forService({ entities: [], migrations: [Counter1] }),
  ],
  controllers: [Handlers],
})
export class CounterModule {}

export const counterEnv = serviceEnv('notifications', { RABBITMQ_URL: z.url(), DATABASE_URL: z.url() });
