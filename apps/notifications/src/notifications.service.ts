import { Injectable } from '@nestjs/common';
import type { Message } from '@caravan/messaging';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import type { NotificationKind, OrderNews } from './notification.ts';
import { NotificationsRepository } from './notifications.repository.ts';
import { SenderService } from './sender.service.ts';

@Injectable()
export class NotificationsService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly notifications: NotificationsRepository,
    private readonly sender: SenderService,
  ) {}

  /** Notes that customers are to be told, once per order and kind; the mails leave right after the commit. */
  record(kind: NotificationKind, messages: Message<OrderNews>[]): Promise<void> {
    const add = async (tx: Tx) => {
      this.notifications.add(tx, kind, messages);
      tx.afterCommit(() => this.sender.kick());
    };
    // Without an inbox: the row is there once per order and kind (REMEMBERED_BY_ROWS).
    return this.work.run(add, { idempotent: true });
  }
}
