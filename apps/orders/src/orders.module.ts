import { Module } from '@nestjs/common';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule } from '@caravan/outbox';
import { SAGA_MIGRATIONS, SagaModule } from '@caravan/saga';
import { CancellationsService } from './cancellations.service.ts';
import { cancellation, checkout } from './checkout.saga.ts';
import { HistoriesService } from './histories.service.ts';
import { IdempotencyKeysService } from './idempotency-keys.service.ts';
import { KeysForgotten1763770000000 } from './migrations/keys-forgotten.migration.ts';
import { Orders1763700000000 } from './migrations/orders.migration.ts';
import { MailsUndeliverable1763790000000 } from './migrations/mails-undeliverable.migration.ts';
import { OrdersApart1763780000000 } from './migrations/orders-apart.migration.ts';
import { OrdersNewestFirst1763790000001 } from './migrations/orders-newest-first.migration.ts';
import { OrdersOnePageIndex1764400000000 } from './migrations/orders-one-page-index.migration.ts';
import { OrdersBySerial1763760000000 } from './migrations/orders-by-serial.migration.ts';
import { OperationsHandlers } from './operations.handlers.ts';
import { OperationsService } from './operations.service.ts';
import { orderMapping } from './order.mapping.ts';
import { OrdersHandlers } from './orders.handlers.ts';
import { OrdersRepository } from './orders.repository.ts';
import { OrdersService } from './orders.service.ts';
import { OutcomesService } from './outcomes.service.ts';
import { PaymentChangesService } from './payment-changes.service.ts';
import { RELEASED } from './released-sagas.ts';
import { UndeliverableMailsService } from './undeliverable-mails.service.ts';
import { WaitsService } from './waits.service.ts';

/** What the sagas' own steps need; apart, because the service that starts sagas needs the sagas. */
@Module({
  providers: [OrdersRepository, WaitsService, OutcomesService],
  exports: [OrdersRepository, WaitsService, OutcomesService],
})
class OutcomesModule {}

@Module({
  imports: [
    MessagingModule.forService('orders'),
    OutboxModule.forService({
      entities: [orderMapping],
      migrations: [
        ...SAGA_MIGRATIONS,
        Orders1763700000000,
        OrdersBySerial1763760000000,
        KeysForgotten1763770000000,
        OrdersApart1763780000000,
        MailsUndeliverable1763790000000,
        OrdersNewestFirst1763790000001,
        OrdersOnePageIndex1764400000000,
      ],
    }),
    OutcomesModule,
    SagaModule.forService({
      imports: [OutcomesModule],
      inject: [OutcomesService],
      define: (orders: OutcomesService) => [checkout(orders), cancellation(orders)],
      released: RELEASED,
    }),
  ],
  controllers: [OrdersHandlers, OperationsHandlers],
  providers: [
    CancellationsService,
    HistoriesService,
    IdempotencyKeysService,
    OrdersService,
    OperationsService,
    PaymentChangesService,
    UndeliverableMailsService,
  ],
})
export class OrdersModule {}
