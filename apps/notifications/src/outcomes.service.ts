import { Injectable, Logger } from '@nestjs/common';
import { MailSettled } from '@caravan/contracts';
import { type Tx, UnitOfWork, writeSet } from '@caravan/outbox';
import { contextFrom, runInContext, storable } from '@caravan/platform';
import { MetricsService } from './metrics.service.ts';
import type { Notification, Outcome } from './notification.ts';
import { NotificationsRepository, type Settled } from './notifications.repository.ts';

export interface Sent {
  readonly notification: Notification;
  readonly outcome: Outcome;
}

const nameOf = ({ notification: { kind, orderId } }: Sent): string =>
  `mail "${kind.toLowerCase()}" for order ${orderId}`;

/** Writes down what became of mails, tells the log and the metrics, and the order's service of those that cannot be delivered. */
@Injectable()
export class OutcomesService {
  private readonly log = new Logger(OutcomesService.name);

  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly metrics: MetricsService,
    private readonly work: UnitOfWork,
  ) {}

  /** A mail whose outcome is refused is not sent again and again: it ends, and an alarm tells of it. */
  async settle(sent: readonly Sent[]): Promise<void> {
    const aside = await writeSet('notifications.settle', sent, this.together, nameOf);
    const ended = aside
      .filter(({ contended }) => !contended)
      .map(({ item: { notification, outcome } }) => ({
        notification,
        outcome:
          outcome.state === 'SENT' ? outcome : notification.givenUp('what became of it could not be stored'),
      }));
    await writeSet('notifications.settle', ended, this.together, nameOf);
  }

  private readonly together = async (sent: readonly Sent[]): Promise<void> => {
    for (const { notification, outcome } of await this.write(sent)) this.report(notification, outcome);
  };

  /** They were not sent, and never will be. */
  superseded(notifications: readonly Notification[]): void {
    for (const each of notifications) this.report(each, each.superseded('newer news of the order was there'));
  }

  /** One statement for most; a transaction with its messages when orders is to be told of one. @returns those that were written */
  private async write(sent: readonly Sent[]): Promise<Sent[]> {
    const told = sent.filter(
      ({ notification, outcome }) =>
        outcome.state === 'FAILED' || (outcome.state === 'SENT' && notification.history.undeliverable),
    );
    if (told.length === 0) return writtenOf(sent, await this.notifications.settle(this.work, sent));
    return this.work.run(async (tx) => {
      const written = writtenOf(sent, await this.notifications.settle(tx, sent));
      for (const each of written) if (told.includes(each)) this.tell(tx, each);
      return written;
    });
  }

  private tell(tx: Tx, { notification, outcome }: Sent): void {
    const { orderId, kind } = notification;
    const failed = outcome.state === 'FAILED';
    const data = {
      orderId,
      kind,
      outcome: failed ? ('undeliverable' as const) : ('delivered' as const),
      reason: failed ? storable(outcome.reason, 1_000) : null,
      at: new Date().toISOString(),
    };
    tx.publish(MailSettled, data, notification);
  }

  private report({ kind, news, traceparent, attempt }: Notification, outcome: Outcome): void {
    const what = `mail "${kind.toLowerCase()}" for order ${news.number}`;
    if (outcome.state === 'FAILED') this.metrics.count('undeliverable', kind);
    if (outcome.state === 'SUPERSEDED') this.metrics.count('superseded', kind);
    runInContext(contextFrom(traceparent), () => {
      if (outcome.state === 'SENT') this.log.debug(`${what} sent`);
      else if (outcome.state === 'SUPERSEDED') this.log.log(`${what} not sent: ${outcome.reason}`);
      else if (outcome.state === 'FAILED') this.log.error(`${what} is undeliverable: ${outcome.reason}`);
      else this.log.warn(`${what}, try ${attempt}: ${outcome.reason}; again in ${outcome.againInMs} ms`);
    });
  }
}

/** Those whose lease ran out meanwhile belong to another replica. */
function writtenOf(sent: readonly Sent[], written: readonly Settled[]): Sent[] {
  const keys = new Set(written.map(({ order_id: id, kind }) => `${id} ${kind}`));
  return sent.filter(({ notification }) => keys.has(`${notification.orderId} ${notification.kind}`));
}
