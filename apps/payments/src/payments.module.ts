import { Module } from '@nestjs/common';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule } from '@caravan/outbox';
import { MetricsService } from './metrics.service.ts';
import { CreatePayments1763730000000 } from './migrations/1763730000000-create-payments.ts';
import { PaymentsOutside1764300000000 } from './migrations/1764300000000-payments-outside.ts';
import { PaymentsFound1764300000001 } from './migrations/1764300000001-payments-found.ts';
import { PaymentsInPlace1764300000002 } from './migrations/1764300000002-payments-in-place.ts';
import { OperationsService } from './operations.service.ts';
import { PaymentsHandlers } from './payments.handlers.ts';
import { PaymentsRepository } from './payments.repository.ts';
import { PaymentsService } from './payments.service.ts';
import { ProcessorClient } from './processor.client.ts';
import { SettlementsService } from './settlements.service.ts';
import { WebhooksService } from './webhooks.service.ts';

@Module({
  imports: [
    // Calls at the processor are slow and wait for nothing of ours: many batches may be on their way at once.
    MessagingModule.forService('payments', { inFlight: 16 }),
    OutboxModule.forService({
      entities: [],
      migrations: [
        CreatePayments1763730000000,
        PaymentsOutside1764300000000,
        PaymentsFound1764300000001,
        PaymentsInPlace1764300000002,
      ],
    }),
  ],
  controllers: [PaymentsHandlers],
  providers: [
    PaymentsService,
    OperationsService,
    SettlementsService,
    WebhooksService,
    PaymentsRepository,
    ProcessorClient,
    MetricsService,
  ],
})
export class PaymentsModule {}
