import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Failure, unavailable } from '@caravan/contracts';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { ENV } from '@caravan/platform';
import { hear } from './hearing.ts';
import { MetricsService } from './metrics.service.ts';
import { type Notice, noticeOf } from './notice.ts';
import { giveBack, OperationsService } from './operations.service.ts';
import type { Payment } from './payment.ts';
import { badSignature, staleSignature } from './payment.errors.ts';
import type { PaymentsEnv } from './payments.env.ts';
import { PaymentsRepository } from './payments.repository.ts';
import { ProcessorClient } from './processor.client.ts';
import { SettlementsService } from './settlements.service.ts';
import { judgeSignature } from './signature.ts';

const A_MOMENT_MS = 100;

type OfOrder = Notice & { orderId: string };

/** Notices of the processor: known, applied, or kept for later. Most of them lead to a look at the object, sooner. */
@Injectable()
export class WebhooksService {
  private readonly log = new Logger(WebhooksService.name);
  private readonly secrets: string[];
  private soon: { notices: OfOrder[]; heard: Promise<void> } | undefined;

  constructor(
    @Inject(ENV) env: PaymentsEnv,
    private readonly payments: PaymentsRepository,
    private readonly processor: ProcessorClient,
    private readonly operations: OperationsService,
    private readonly settlements: SettlementsService,
    private readonly metrics: MetricsService,
    private readonly uow: UnitOfWork,
  ) {
    this.secrets = env.STRIPE_WEBHOOK_SECRET.split(',').map((secret) => secret.trim());
  }

  /** One answer for each request; a notice that cannot be taken in now fails alone, and the processor sends it again. */
  receive(requests: { payload: string; signature: string }[]): (Failure | Promise<object>)[] {
    return requests.map(({ payload, signature }) => {
      // A time in a signature is compared with the time of day.
      const judgement = judgeSignature(payload, signature, this.secrets, Date.now() / 1000);
      if (judgement === 'bad') return badSignature();
      if (judgement === 'stale') return staleSignature();
      return this.take(noticeOf(parsed(payload)));
    });
  }

  private async take(notice: Notice | undefined): Promise<object> {
    const orderId = notice && (notice.orderId ?? (await this.orderOf(notice)));
    if (notice && orderId) await this.hear({ ...notice, orderId });
    else this.metrics.observeNotice('ignored');
    return {};
  }

  /** What is made at the processor by hand, and a dispute, names the intent but not the order. */
  private orderOf({ intentId }: Notice): Promise<string | undefined> {
    return this.processor.orderOf(intentId).catch((error: unknown) => {
      this.log.warn(`The order of intent ${intentId} is not known now: ${(error as Error).message}`);
      throw unavailable('The card processor', error);
    });
  }

  /** Notices of a moment are heard together, a little later: what most of them tell has been recorded by then. */
  private hear(notice: OfOrder): Promise<void> {
    this.soon ??= { notices: [], heard: this.hearSoon() };
    this.soon.notices.push(notice);
    return this.soon.heard;
  }

  private async hearSoon(): Promise<void> {
    await delay(A_MOMENT_MS);
    const { notices } = this.soon!;
    this.soon = undefined;
    await this.act(notices);
  }

  /**
   * Most notices tell what is known: they change nothing, now or when they come again, and are not even remembered.
   * The others are remembered in the transaction that they move a payment in, or are kept with it for later.
   */
  private async act(notices: OfOrder[]): Promise<void> {
    const known = await this.payments.find(notices.map(({ orderId }) => orderId));
    const news = notices.filter((notice) => {
      const payment = known.get(notice.orderId);
      const outcome = payment ? hear(payment, notice, giveBack) : 'ignored';
      if (outcome === 'known' || outcome === 'ignored') this.metrics.observeNotice(outcome);
      return outcome === 'applied' || outcome === 'later';
    });
    if (news.length === 0) return;
    const moved = await this.uow.run((tx) => this.apply(tx, news));
    for (const payment of moved) {
      if (payment.operation) this.settlements.kick(Math.max(0, payment.dueInMs ?? 0));
      if (payment.alarming)
        this.log.error(`The refund of order ${payment.orderId} needs attention: it fails again and again.`);
    }
  }

  private async apply(tx: Tx, news: OfOrder[]): Promise<Payment[]> {
    const fresh = await this.payments.remember(
      tx,
      news.map(({ eventId }) => eventId),
    );
    const todo = news.filter(({ eventId }) => fresh.delete(eventId));
    if (todo.length === 0) return [];
    const rows = await this.payments.lock(tx, [...new Set(todo.map(({ orderId }) => orderId))]);
    const moved = new Set<Payment>();
    for (const notice of todo) {
      const payment = rows.get(notice.orderId);
      const outcome = payment ? hear(payment, notice, giveBack) : 'ignored';
      tx.afterCommit(() => this.metrics.observeNotice(outcome));
      if (payment && outcome !== 'known') moved.add(payment);
    }
    this.operations.store(tx, [...moved]);
    return [...moved];
  }
}

/** The signature covers the raw body; what is signed and no JSON says nothing. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
