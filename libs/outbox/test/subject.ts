import { Controller, Injectable, Module } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { GetOrders, MailSettled, PaymentChanged, ReservationOverdue, SagaReply } from '@caravan/contracts';
import { type Message, MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { serviceEnv } from '@caravan/platform';
import { type Proxy, through } from '../../../chaos/tools/proxy.ts';

export { through };

class Effects1 implements MigrationInterface {
  name = 'Effects1763700000010';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE effect (id uuid PRIMARY KEY, n int NOT NULL DEFAULT 1, attempt int NOT NULL DEFAULT 1)',
    );
  }
  async down(): Promise<void> {}
}

const EFFECT = `
  INSERT INTO effect (id, attempt) SELECT * FROM unnest($1::uuid[], $2::int[])
  ON CONFLICT (id) DO UPDATE SET n = effect.n + 1`;

@Injectable()
@Controller()
class Handlers {
  constructor(private readonly work: UnitOfWork) {}

  @EventPattern<string>(ReservationOverdue.type)
  async overdue(@Payload() messages: Message<{ orderId: string }>[]) {
    await this.work.consume(messages, async (fresh, tx) => {
      await tx.query(EFFECT, [fresh.map(({ data }) => data.orderId), fresh.map(({ attempt }) => attempt)]);
    });
  }

  @EventPattern<string>(PaymentChanged.type)
  changed() {}

  @EventPattern<string>(MailSettled.type)
  mailed() {}

  @EventPattern<string>(SagaReply.type)
  replied() {}

  @MessagePattern(GetOrders.type)
  async find() {
    await this.work.query('SELECT 1');
    return { orders: [] };
  }
}

/** Hears and answers in place of orders: a message makes an effect, a request needs the database. */
@Module({
  imports: [
    MessagingModule.forService('orders'),
    OutboxModule.forService({ entities: [], migrations: [Effects1] }),
  ],
  controllers: [Handlers],
})
export class SubjectModule {}

export const subjectEnv = serviceEnv('orders', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  DATABASE_POOL: z.coerce.number().default(4),
});

export function goAway(proxy: Proxy): void {
  proxy.refusing = true;
  proxy.cut();
}
