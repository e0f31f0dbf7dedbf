import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { z } from 'zod';
import {
  type DataOf,
  MailSettled,
  PaymentChanged,
  ReservationOverdue,
  ReserveStock,
} from '@caravan/contracts';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { newTraceparent, serviceEnv } from '@caravan/platform';
import { ask, local, saga, SagaModule, SagaRunner, SAGA_MIGRATIONS } from '@caravan/saga';
import { eventually, Neighbour, startTestService, type TestService, whileHeld } from '@caravan/testing';

class Places1 implements MigrationInterface {
  name = 'Places1763700000011';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE place (id uuid PRIMARY KEY, ended boolean NOT NULL DEFAULT false)');
  }
  async down(): Promise<void> {}
}

const walk = saga<DataOf<typeof ReserveStock>>('walk')
  .step('reserve', ask(ReserveStock).within('500ms'))
  .onRolledBack(
    local(async (sagas, tx) => {
      await tx.query('UPDATE place SET ended = true WHERE id = ANY($1::uuid[])', [sagas.map(({ id }) => id)]);
    }),
  );

@Controller()
class Handlers {
  @EventPattern<string>(ReservationOverdue.type)
  overdue() {}

  @EventPattern<string>(PaymentChanged.type)
  changed() {}

  @EventPattern<string>(MailSettled.type)
  mailed() {}
}

@Module({
  imports: [
    MessagingModule.forService('orders'),
    OutboxModule.forService({ entities: [], migrations: [...SAGA_MIGRATIONS, Places1] }),
    SagaModule.forService({ imports: [], inject: [], define: () => [walk] }),
  ],
  controllers: [Handlers],
})
class WalksModule {}

const walksEnv = serviceEnv('orders', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  DATABASE_POOL: z.coerce.number().default(4),
});

let test: TestService;
let inventory: Neighbour;

beforeAll(async () => {
  test = await startTestService(WalksModule, walksEnv);
  inventory = await Neighbour.start('inventory', test.brokerUrl);
  inventory.behave = () => 'silent';
});
afterAll(async () => {
  await inventory?.stop();
  await test?.stop();
});

it('a saga whose rows are held does not keep the deadlines of other sagas from passing', async () => {
  const ids = Array.from({ length: 5 }, () => uuid()).toSorted();
  await test.database.query('INSERT INTO place SELECT unnest($1::uuid[])', [ids]);
  const ended = async () =>
    (await test.database.query('SELECT id FROM place WHERE ended ORDER BY id')).rows.map(({ id }) => id);
  const lock = { sql: 'SELECT 1 FROM place WHERE id = $1 FOR UPDATE', params: [ids[0]] };
  await whileHeld(test.database, lock, async () => {
    const runner = test.service.app.get(SagaRunner, { strict: false });
    const lines = [{ sku: 'A', quantity: 1 }];
    const begun = ids.map((id) => ({ id, data: { orderId: id, lines }, traceparent: newTraceparent() }));
    await test.service.app.get(UnitOfWork, { strict: false }).run((tx) => runner.start(tx, 'walk', begun));
    await eventually(async () => expect(await ended()).toEqual(ids.slice(1)), 15_000);
  });
  await eventually(async () => expect(await ended()).toEqual(ids), 15_000);
});
