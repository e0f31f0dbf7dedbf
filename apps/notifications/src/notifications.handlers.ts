import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, OrderCancelled, OrderConfirmed, OrderRejected } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { NotificationsService } from './notifications.service.ts';

type Batch<C> = Message<DataOf<C>>[];

@Controller()
export class NotificationsHandlers {
  constructor(private readonly notifications: NotificationsService) {}

  @EventPattern<string>(OrderConfirmed.type)
  confirmed(@Payload() messages: Batch<typeof OrderConfirmed>): Promise<void> {
    return this.notifications.record('CONFIRMED', messages);
  }

  @EventPattern<string>(OrderRejected.type)
  rejected(@Payload() messages: Batch<typeof OrderRejected>): Promise<void> {
    return this.notifications.record('REJECTED', messages);
  }

  @EventPattern<string>(OrderCancelled.type)
  cancelled(@Payload() messages: Batch<typeof OrderCancelled>): Promise<void> {
    return this.notifications.record('CANCELLED', messages);
  }
}
