import { Injectable } from '@nestjs/common';
import type { DataOf, MailSettled } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { OrdersRepository } from './orders.repository.ts';

/** Keeps with each order which of its mails cannot be delivered, for operators. */
@Injectable()
export class UndeliverableMailsService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly work: UnitOfWork,
  ) {}

  note(messages: Message<DataOf<typeof MailSettled>>[]): Promise<void> {
    return this.work.consume(messages, async (fresh, tx) => {
      // In the order of their happening: redriven news of yesterday must not undo that of today.
      const inOrder = fresh.map(({ data }) => data).sort((a, b) => a.at.localeCompare(b.at));
      for (const { orderId, kind, outcome, reason, at } of inOrder) {
        const mail = outcome === 'undeliverable' ? { kind, reason: reason ?? '', at } : null;
        this.orders.markMail(tx, orderId, kind, mail);
      }
    });
  }
}
