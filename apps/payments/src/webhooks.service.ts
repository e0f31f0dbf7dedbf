import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { Failure, RefundPayment } from '@caravan/contracts';
import { UnitOfWork } from '@caravan/outbox';
import { currentContext, ENV } from '@caravan/platform';
import { type Notice, noticeOf } from './notice.ts';
import type { Ask, Payment } from './payment.ts';
import { badSignature, staleSignature } from './payment.errors.ts';
import type { PaymentsEnv } from './payments.env.ts';
import { PaymentsRepository } from './payments.repository.ts';
import { SettlementsService } from './settlements.service.ts';

const TOLERANCE_S = 300;
const A_MOMENT_MS = 100;

/** Notices of the processor. They are hints: what they lead to is that somebody asks the processor, sooner. */
@Injectable()
export class WebhooksService {
  private readonly log = new Logger(WebhooksService.name);
  private readonly secrets: string[];
  private soon: { notices: Notice[]; heard: Promise<void> } | undefined;

  constructor(
    @Inject(ENV) env: PaymentsEnv,
    private readonly payments: PaymentsRepository,
    private readonly settlements: SettlementsService,
    private readonly uow: UnitOfWork,
  ) {
    this.secrets = env.STRIPE_WEBHOOK_SECRET.split(',').map((secret) => secret.trim());
  }

  async receive(requests: { payload: string; signature: string }[]): Promise<(object | Failure)[]> {
    const notices: Notice[] = [];
    const answers = requests.map((request) => {
      try {
        const notice = noticeOf(this.verified(request));
        if (notice) notices.push(notice);
        return {};
      } catch (error) {
        if (error instanceof Failure) return error;
        throw error;
      }
    });
    if (notices.length > 0) await this.hear(notices);
    return answers;
  }

  /** Notices of a moment are heard together, a little later: what most of them tell has been recorded by then. */
  private hear(notices: Notice[]): Promise<void> {
    this.soon ??= { notices: [], heard: this.hearSoon() };
    this.soon.notices.push(...notices);
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
   * The others are remembered in the transaction that they move a payment in.
   */
  private async act(notices: Notice[]): Promise<void> {
    const known = await this.payments.find(notices.map(({ orderId }) => orderId));
    const news = notices.filter((notice) => {
      const payment = known.get(notice.orderId);
      return payment !== undefined && apply(notice, payment);
    });
    if (news.length === 0) return;
    const effects = await this.uow.run(async (tx) => {
      const fresh = await this.payments.remember(
        tx,
        news.map(({ eventId }) => eventId),
      );
      const todo = news.filter(({ eventId }) => fresh.has(eventId));
      if (todo.length === 0) return [];
      const rows = await this.payments.lock(
        tx,
        todo.map(({ orderId }) => orderId),
      );
      const moved = new Set<Payment>();
      for (const notice of todo) {
        const payment = rows.get(notice.orderId);
        if (payment && apply(notice, payment)) moved.add(payment);
      }
      this.payments.save(tx, [...moved]);
      return [...moved];
    });
    for (const payment of effects) {
      this.settlements.kick(payment.dueInMs ?? 0);
      if (payment.alarming)
        this.log.error(`The refund of order ${payment.orderId} needs attention: it fails again and again.`);
    }
  }

  /** The signature covers the raw body; any of the current secrets may have made it. */
  private verified({ payload, signature }: { payload: string; signature: string }): unknown {
    let stale = false;
    for (const secret of this.secrets) {
      try {
        return Stripe.webhooks.constructEvent(payload, signature, secret, TOLERANCE_S);
      } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
        if (error.message.startsWith('Timestamp outside')) stale = true;
      }
    }
    throw stale ? staleSignature() : badSignature();
  }
}

function apply(notice: Notice, payment: Payment): boolean {
  // Hastens nothing: each attempt that fails is told of, and would be followed by the next one at once.
  if (notice.says === 'refund-failed') return payment.refundFailed(giveBack());
  if (payment.nudge(notice.intentId)) return true;
  return notice.says === 'held' && payment.suspect(notice.intentId, giveBack());
}

/** A refund that nobody asked for and nobody waits for. */
const giveBack = (): Ask => ({
  verb: 'refund',
  id: randomUUID(),
  type: RefundPayment.type,
  traceparent: currentContext().traceparent,
});
