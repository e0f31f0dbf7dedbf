import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { z } from 'zod';
import {
  AuthorizePayment,
  CapturePayment,
  type DataOf,
  MailSettled,
  PaymentChanged,
  ReservationOverdue,
  ReserveStock,
} from '@caravan/contracts';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { newTraceparent, serviceEnv } from '@caravan/platform';
import { ask, saga, SagaModule, SagaRunner, SAGA_MIGRATIONS } from '@caravan/saga';
import { eventually, Neighbour, startTestService, type TestService } from '@caravan/testing';

const trip = saga<DataOf<typeof ReserveStock> & DataOf<typeof AuthorizePayment>>('trip')
  .step('reserve', ask(ReserveStock))
  .step('authorize', ask(AuthorizePayment))
  .step('capture', ask(CapturePayment).retryUntilDone());

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
    OutboxModule.forService({ entities: [], migrations: [...SAGA_MIGRATIONS] }),
    SagaModule.forService({ imports: [], inject: [], define: () => [trip] }),
  ],
  controllers: [Handlers],
})
class TripsModule {}

const tripsEnv = serviceEnv('orders', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  DATABASE_POOL: z.coerce.number().default(4),
});

let test: TestService;
const neighbours: Neighbour[] = [];

beforeAll(async () => {
  test = await startTestService(TripsModule, tripsEnv);
  const inventory = await Neighbour.start('inventory', test.brokerUrl);
  inventory.behave = () => ({ tells: { amountMinor: 900 } });
  neighbours.push(inventory, await Neighbour.start('payments', test.brokerUrl));
});
afterAll(async () => {
  for (const neighbour of neighbours) await neighbour.stop();
  await test?.stop();
});

it('what an answer tells is kept, and so is everything else, through the steps that tell nothing', async () => {
  const id = uuid();
  const lines = [{ sku: 'A', quantity: 2 }];
  const data = { orderId: id, lines, amountMinor: 1000, currency: 'EUR', paymentMethod: 'pm_card_visa' };
  const runner = test.service.app.get(SagaRunner, { strict: false });
  const work = test.service.app.get(UnitOfWork, { strict: false });
  await work.run((tx) => runner.start(tx, 'trip', [{ id, data, traceparent: newTraceparent() }]));
  await eventually(async () => {
    const { rows } = await test.database.query('SELECT state, data FROM saga WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'completed', data: { ...data, amountMinor: 900 } }]);
  });
  expect(test.said(AuthorizePayment)).toMatchObject([{ orderId: id, amountMinor: 900 }]);
});
