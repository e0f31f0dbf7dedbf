import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Code, type Customer, Failure, GetCustomers, GetOrderStatuses } from '@caravan/contracts';
import { MessageClient } from '@caravan/messaging';
import { contextFrom, ENV, Lifecycle, runInContext } from '@caravan/platform';
import { composeMail } from './mail.ts';
import type { Notification, Outcome } from './notification.ts';
import type { NotificationsEnv } from './notifications.env.ts';
import { NotificationsRepository } from './notifications.repository.ts';
import { OutcomesService, type Sent } from './outcomes.service.ts';
import { isRefusal, SmtpClient } from './smtp.client.ts';

const AT_ONCE = 16;
/** How long the mails of a process that died wait for another; whoever lives holds on to his. */
const LEASE_MS = 12_000;
const HOLD_EVERY_MS = LEASE_MS / 4;
const LOOK_EVERY_MS = 5_000;

/**
 * Sends what has been recorded, outside of any transaction: right after the commit, and as a net every few seconds.
 * A mail leaves at least once; when this process dies between the relay's yes and our note of it, it leaves again
 * under the same Message-ID.
 */
@Injectable()
export class SenderService implements OnApplicationBootstrap {
  private readonly log = new Logger(SenderService.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private kicked = false;

  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly outcomes: OutcomesService,
    private readonly smtp: SmtpClient,
    private readonly client: MessageClient,
    private readonly lifecycle: Lifecycle,
    @Inject(ENV) private readonly env: NotificationsEnv,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.kick(), LOOK_EVERY_MS);
    this.lifecycle.onDrain('in-flight', async () => {
      clearInterval(timer);
      this.stopping.abort();
      await this.running;
    });
    this.kick();
  }

  /** There may be something to send. */
  kick(): void {
    this.kicked = true;
    // Its own context: what it sends has nothing to do with whoever kicked it.
    this.running ??= runInContext(contextFrom(undefined), () => this.run()).finally(() => {
      this.running = undefined;
      if (this.kicked && !this.stopping.signal.aborted) this.kick();
    });
  }

  private async run(): Promise<void> {
    try {
      while (this.kicked && !this.stopping.signal.aborted) {
        this.kicked = false;
        while (await this.sendSome()) {
          // Until nothing is due, or nothing gets through.
        }
      }
    } catch (error) {
      this.kicked = false;
      this.log.error('notifications could not be sent; they are looked at again in a moment', error);
    }
  }

  /** Sends a handful. Tells whether it is worth going on. */
  private async sendSome(): Promise<boolean> {
    if (this.stopping.signal.aborted) return false;
    const started = performance.now();
    const { claimed, superseded } = await this.notifications.claim(AT_ONCE, LEASE_MS);
    this.outcomes.superseded(superseded);
    if (claimed.length === 0) return superseded.length > 0;
    const settled = await this.holding(claimed, this.sendAll(claimed));
    await this.outcomes.settle(settled);
    const due = started + (claimed.length / this.env.MAIL_RATE) * 1_000;
    await pause(Math.max(0, due - performance.now()), undefined, { signal: this.stopping.signal }).catch(
      () => undefined,
    );
    return settled.some(({ outcome }) => outcome.state !== 'PENDING');
  }

  /** Keeps others away from what is being sent, however slow the relay is. */
  private async holding<T>(claimed: Notification[], work: Promise<T>): Promise<T> {
    let held = Promise.resolve();
    const hold = () =>
      // Should it fail, somebody else may send them as well: twice under one Message-ID, rather than never.
      (held = this.notifications.hold(claimed, LEASE_MS).catch((error: unknown) => this.log.warn(error)));
    const timer = setInterval(() => void hold(), HOLD_EVERY_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      await held;
    }
  }

  private async sendAll(claimed: Notification[]): Promise<Sent[]> {
    const overtaken = await this.overtaken(claimed);
    const left = claimed.filter((notification) => !overtaken.has(notification));
    return [
      ...Array.from(overtaken, ([notification, outcome]) => ({ notification, outcome })),
      ...(left.length > 0 ? await this.deliver(left) : []),
    ];
  }

  /**
   * Old news is checked against how its order stands now: the event that changed it may still be on its way, or lie
   * among the dead letters. What cannot be checked now is tried again later.
   */
  private async overtaken(claimed: Notification[]): Promise<ReadonlyMap<Notification, Outcome>> {
    const late = claimed.filter(({ kind, history }) => history.late && kind === 'CONFIRMED');
    if (late.length === 0) return new Map();
    try {
      const ids = late.map(({ orderId }) => orderId);
      const { orders } = await this.client.ask(GetOrderStatuses, { ids });
      const statuses = new Map(orders.map(({ id, status }) => [id, status]));
      return new Map(
        late.flatMap((notification) => {
          const status = statuses.get(notification.orderId);
          const why = status && notification.contradictedBy(status);
          return why ? [[notification, notification.superseded(why)]] : [];
        }),
      );
    } catch (error) {
      // A build of orders that does not know the question yet: the mails leave as they did before it was asked.
      if (error instanceof Failure && error.code === Code.invalid) return new Map();
      const reason = `how the order stands is not known: ${messageOf(error)}`;
      return new Map(late.map((notification) => [notification, this.failed(notification, reason)]));
    }
  }

  private async deliver(claimed: Notification[]): Promise<Sent[]> {
    let customers: ReadonlyMap<string, Customer>;
    try {
      customers = await this.customersOf(claimed);
    } catch (error) {
      const reason = `the customer's address is not to be had: ${messageOf(error)}`;
      return claimed.map((notification) => ({ notification, outcome: this.failed(notification, reason) }));
    }
    return Promise.all(
      claimed.map(async (notification) => {
        const customer = customers.get(notification.news.customerId.toLowerCase());
        return { notification, outcome: await this.sendOne(notification, customer) };
      }),
    );
  }

  private async customersOf(claimed: Notification[]): Promise<ReadonlyMap<string, Customer>> {
    const ids = [...new Set(claimed.map(({ news }) => news.customerId))];
    const { customers } = await this.client.ask(GetCustomers, { ids });
    return new Map(customers.map((customer) => [customer.id.toLowerCase(), customer]));
  }

  private async sendOne(notification: Notification, customer: Customer | undefined): Promise<Outcome> {
    if (!customer) return notification.givenUp('there is no such customer');
    try {
      await this.smtp.send(composeMail(notification, customer), notification.messageId(this.smtp.domain));
      return notification.sent();
    } catch (error) {
      if (isRefusal(error)) return notification.givenUp(messageOf(error));
      return this.failed(notification, messageOf(error));
    }
  }

  private failed(notification: Notification, reason: string): Outcome {
    return notification.failed(reason, this.env.MAIL_ATTEMPTS);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
