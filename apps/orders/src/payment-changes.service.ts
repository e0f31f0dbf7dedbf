import { Injectable, Logger } from '@nestjs/common';
import { type DataOf, type PaymentChanged, paymentOutcome } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { SagaRunner } from '@caravan/saga';
import { OrdersRepository } from './orders.repository.ts';
import { WaitsService } from './waits.service.ts';

/** What happened to the money of orders at the card processor or at a bank: it stands in the orders' timelines. */
@Injectable()
export class PaymentChangesService {
  private readonly log = new Logger(PaymentChangesService.name);

  constructor(
    private readonly orders: OrdersRepository,
    private readonly sagas: SagaRunner,
    private readonly waits: WaitsService,
    private readonly work: UnitOfWork,
  ) {}

  /** An order whose money went without its cancellation needs a person, also one that was cancelled but not paid back. */
  note(messages: readonly Message<DataOf<typeof PaymentChanged>>[]): Promise<void> {
    return this.work.consume(messages, async (fresh, tx) => {
      const changes = fresh.map(({ data }) => data);
      this.sagas.note(
        tx,
        changes.map(({ orderId, what, detail }) => ({
          type: 'payment',
          sagaId: orderId,
          step: 'payment',
          ...said(what, detail),
        })),
      );
      const ids = (wanted: (what: string) => boolean) => [
        ...new Set(changes.filter(({ attention, what }) => attention && wanted(what)).map((c) => c.orderId)),
      ];
      const owed = ids((what) => what === 'refund-failed').map((id) => ({ id }));
      const gone = ids((what) => what !== 'refund-failed').map((id) => ({ id }));
      const moved = [
        ...(await this.orders.move(tx, gone, 'NEEDS_ATTENTION', ['CONFIRMED'])),
        // NEEDS_ATTENTION as well: the row's lock lets a cancellation that ends at the same time see this failure.
        ...(await this.orders.move(tx, owed, 'NEEDS_ATTENTION', [
          'CONFIRMED',
          'CANCELLED',
          'NEEDS_ATTENTION',
        ])),
      ];
      tx.afterCommit(() => {
        for (const { number } of moved)
          this.log.error(
            `Order ${number} needs attention: its money changed without the shop asking for it.`,
          );
        this.waits.tell(moved);
      });
    });
  }
}

/** A change that this build has no word for is told by its detail. */
function said(what: string, detail: string) {
  const outcome = paymentOutcome.safeParse(what.replaceAll('-', ' '));
  return outcome.success
    ? { outcome: outcome.data, detail }
    : { outcome: 'changed' as const, detail: `${what}: ${detail}` };
}
