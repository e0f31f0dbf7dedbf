import { Controller, Module, type Type } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { z } from 'zod';
import {
  AuthorizePayment,
  CapturePayment,
  type DataOf,
  MailSettled,
  PaymentChanged,
  ReleaseStock,
  ReservationOverdue,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule, UnitOfWork } from '@caravan/outbox';
import { newTraceparent, type RunningService, serviceEnv } from '@caravan/platform';
import {
  ask,
  nextRelease,
  type ReleasedDefinition,
  saga,
  SAGA_MIGRATIONS,
  type SagaDefinition,
  SagaModule,
  SagaRunner,
} from '@caravan/saga';

export type Trip = DataOf<typeof ReserveStock> & DataOf<typeof AuthorizePayment>;

const reserve = ask(ReserveStock).undo(ReleaseStock);
const authorize = ask(AuthorizePayment).undo(VoidPayment);
const capture = ask(CapturePayment).retryUntilDone();

/** The steps of one release, and of the next, in which two of them are swapped. */
export const older = saga<Trip>('trip')
  .step('reserve', reserve)
  .step('authorize', authorize)
  .step('capture', capture);
export const newer = saga<Trip>('trip')
  .step('authorize', authorize)
  .step('reserve', reserve)
  .step('capture', capture);

export const v1: ReleasedDefinition = {
  ...nextRelease([], older.data, older.fingerprint),
  storedByPosition: true,
};
export const v2: ReleasedDefinition = nextRelease([v1], newer.data, newer.fingerprint);

@Controller()
class Handlers {
  @EventPattern<string>(ReservationOverdue.type)
  overdue() {}

  @EventPattern<string>(PaymentChanged.type)
  changed() {}

  @EventPattern<string>(MailSettled.type)
  mailed() {}
}

/** A build of a service that runs trips; it takes the place of orders. */
export function release(
  definition: SagaDefinition<Trip>,
  released: readonly ReleasedDefinition[],
): Type<unknown> {
  @Module({
    imports: [
      MessagingModule.forService('orders'),
      OutboxModule.forService({ entities: [], migrations: [...SAGA_MIGRATIONS] }),
      SagaModule.forService({ imports: [], inject: [], define: () => [definition], released }),
    ],
    controllers: [Handlers],
  })
  class ReleaseModule {}
  return ReleaseModule;
}

export const tripsEnv = serviceEnv('orders', {
  RABBITMQ_URL: z.url(),
  DATABASE_URL: z.url(),
  DATABASE_POOL: z.coerce.number().default(4),
});

/** Begins a trip with a running build. @returns its id */
export async function begin({ app }: RunningService): Promise<string> {
  const id = uuid();
  const data: Trip = {
    orderId: id,
    lines: [{ sku: 'A', quantity: 1 }],
    amountMinor: 100,
    currency: 'EUR',
    paymentMethod: 'pm_card_visa',
  };
  const runner = app.get(SagaRunner, { strict: false });
  await app
    .get(UnitOfWork, { strict: false })
    .run((tx) => runner.start(tx, 'trip', [{ id, data, traceparent: newTraceparent() }]));
  return id;
}
