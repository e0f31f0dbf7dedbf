import { Module } from '@nestjs/common';
import { MessagingModule } from '@caravan/messaging';
import { OutboxModule } from '@caravan/outbox';
import { CreateNotifications1700000000001 } from './migrations/1700000000001-create-notifications.ts';
import { Superseded1763790000001 } from './migrations/1763790000001-superseded.ts';
import { MetricsService } from './metrics.service.ts';
import { NotificationsHandlers } from './notifications.handlers.ts';
import { NotificationsRepository } from './notifications.repository.ts';
import { NotificationsService } from './notifications.service.ts';
import { OutcomesService } from './outcomes.service.ts';
import { SenderService } from './sender.service.ts';
import { SmtpClient } from './smtp.client.ts';

@Module({
  imports: [
    MessagingModule.forService('notifications'),
    OutboxModule.forService({
      entities: [],
      migrations: [CreateNotifications1700000000001, Superseded1763790000001],
    }),
  ],
  controllers: [NotificationsHandlers],
  providers: [
    MetricsService,
    NotificationsRepository,
    NotificationsService,
    OutcomesService,
    SenderService,
    SmtpClient,
  ],
})
export class NotificationsModule {}
