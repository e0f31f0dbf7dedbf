import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Failure, PaymentChanged, RefundPayment } from '@caravan/contracts';
import { type Tx, UnitOfWork, writeSet } from '@caravan/outbox';
import { currentContext, ENV, Lifecycle } from '@caravan/platform';
import { bursts } from './bursts.ts';
import { MetricsService } from './metrics.service.ts';
import type { Outcome } from './outcome.ts';
import type { Ask } from './ask.ts';
import { hearKept } from './hearing.ts';
import type { Payment } from './payment.ts';
import { KEEP_DUE } from './payment-state.ts';
import type { PaymentsEnv } from './payments.env.ts';
import { PaymentsRepository } from './payments.repository.ts';
import { ProcessorClient } from './processor.client.ts';
import { RetryBudget } from './retry-budget.ts';

/** What the processor said about a payment as it was when it was asked. */
export interface Result {
  payment: Payment;
  outcome: Outcome;
}

/** A command, and its answer if that does not depend on the payment. */
export interface Told {
  orderId: string;
  ask: Ask;
  answer?: Failure;
}

/** Calls at the processor at one time; more wait in the queue, where they are safe. */
const MAX_OPEN = 512;
/** Results are recorded together, but none waits longer for the others. */
export const BURST_MS = 100;

/** A payment that cannot be written is tried again after this. */
const ASIDE_MS = 300_000;
const TELL_EVERY_MS = 10_000;

/** Calls the processor, outside any transaction, and records what it said; the same for commands and for settlements. */
@Injectable()
export class OperationsService {
  /** How long a payment belongs to who calls the processor for it. Too short costs a needless call, never a wrong state. */
  readonly leaseMs: number;
  /** Calls in a row that brought no answer: how ill the processor is. */
  troubles = 0;
  /** Calls that may be repeated while the processor is ill: a tenth of those that were made for the first time. */
  readonly retries = new RetryBudget();
  /** Somebody has to look in so many ms. */
  onDue: (ms: number) => void = () => undefined;

  private open = 0;
  private mistakeToldUntil = 0;
  private readonly waitingForRoom: (() => void)[] = [];
  private readonly background = new Set<Promise<void>>();
  private readonly log = new Logger(OperationsService.name);

  constructor(
    @Inject(ENV) env: PaymentsEnv,
    private readonly processor: ProcessorClient,
    private readonly payments: PaymentsRepository,
    private readonly uow: UnitOfWork,
    private readonly metrics: MetricsService,
    private readonly lifecycle: Lifecycle,
  ) {
    this.leaseMs = 2 * env.STRIPE_TIMEOUT_MS + 2000;
    const settled = async () => {
      while (this.background.size > 0) await Promise.all(this.background);
    };
    lifecycle.onDrain('in-flight', settled);
    lifecycle.onDrain('outgoing', settled);
  }

  /** Waits until another batch of calls may start. */
  async room(): Promise<void> {
    while (this.open >= MAX_OPEN) await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
  }

  async perform(payment: Payment, asking: boolean): Promise<Result> {
    const { operation } = payment;
    if (!asking) this.retries.earn();
    this.open++;
    const start = performance.now();
    const outcome = await this.processor.perform(payment, asking);
    this.open--;
    for (const go of this.waitingForRoom.splice(0)) go();
    if (operation) this.metrics.observe(operation, outcome, performance.now() - start);
    if (outcome.kind === 'unknown') {
      this.troubles++;
      if (outcome.ownMistake) this.alarmOfOwnMistake(payment, outcome.reason);
      this.log.warn(`${payment.idempotencyKey}, attempt ${payment.attempts + 1}: ${outcome.reason}`);
    } else {
      this.troubles = 0;
    }
    return { payment, outcome };
  }

  /**
   * Within a transaction that has locked these payments' rows: results into payments (a stale one is dropped), answers to whoever
   * waited, and what is to be done next. The payments that are returned have a new operation open, which the caller hands to `pursue`
   * after commit.
   * @param inFlight payments whose calls have no answer yet: their operations are noted, and theirs until the lease is over
   */
  record(
    tx: Tx,
    rows: ReadonlyMap<string, Payment>,
    results: Result[],
    told: Told[] = [],
    inFlight: Payment[] = [],
  ): Payment[] {
    for (const { payment, outcome } of results) {
      const row = rows.get(payment.orderId);
      if (!row?.takeUp(payment)) continue;
      row.settle(outcome);
      hearKept(row, giveBack);
      if (row.alarming) tx.afterCommit(() => this.alarm(row));
    }
    for (const payment of inFlight) {
      const row = rows.get(payment.orderId);
      // A notice may have made it due sooner.
      if (row?.takeUp(payment)) row.dueInMs = KEEP_DUE;
    }
    for (const { orderId, ask, answer } of told) {
      if (answer) this.reply(tx, ask, answer);
      else rows.get(orderId)?.wait(ask);
    }
    const begun: Payment[] = [];
    for (const row of rows.values()) {
      for (const { ask, answer } of row.advance()) this.reply(tx, ask, answer);
      const inMs = row.dueInMs;
      if (row.reopened && inMs === 0) begun.push(row);
      else if (row.operation && inMs !== null && inMs >= 0) tx.afterCommit(() => this.onDue(inMs));
    }
    for (const row of begun) row.dueInMs = this.lifecycle.draining ? 0 : this.leaseMs;
    this.store(tx, [...rows.values()]);
    return begun;
  }

  /** Writes payments back, and tells others of what happened to their money outside of the shop. */
  store(tx: Tx, payments: Payment[]): void {
    for (const payment of payments) {
      const { orderId } = payment;
      for (const change of payment.changes.splice(0)) {
        tx.publish(PaymentChanged, { orderId, ...change });
        tx.afterCommit(() => this.metrics.observeChange(change.what));
        const words = `The money of order ${orderId}: ${change.what}, ${change.detail}`;
        if (change.attention || change.what.startsWith('dispute'))
          tx.afterCommit(() => this.log.error(`${words}. A person should look.`));
        else tx.afterCommit(() => this.log.warn(words));
      }
    }
    this.payments.save(tx, payments, this.leaseMs);
  }

  /** Goes on with payments in the background: asks, records, and so on until nothing is open or the outcome is unknown. */
  pursue(payments: Payment[], asking = false): void {
    if (payments.length === 0 || this.lifecycle.draining) return;
    this.settleLater(payments.map((payment) => this.perform(payment, asking)));
  }

  /** Records results whenever they come. What fails here is claimed again when its lease is over. */
  settleLater(results: Promise<Result>[]): void {
    if (results.length === 0) return;
    const work = this.settle(results).catch((error: unknown) => this.log.error(error));
    this.background.add(work);
    void work.then(() => this.background.delete(work));
  }

  private async settle(results: Promise<Result>[]): Promise<void> {
    for await (const burst of bursts(results, BURST_MS))
      await this.recordBurst(burst).catch((error: unknown) => this.log.error(error));
  }

  /** One payment that cannot be written holds up no other: it is put aside with an alarm. */
  private async recordBurst(burst: Result[]): Promise<void> {
    const write = async (results: readonly Result[]) => {
      const orderIds = results.map(({ payment }) => payment.orderId);
      const work = async (tx: Tx) => this.record(tx, await this.payments.lock(tx, orderIds), [...results]);
      this.pursue(await this.uow.run(work, { idempotent: true }));
    };
    const aside = await writeSet(
      'payments.record',
      burst,
      write,
      ({ payment }) => `order ${payment.orderId}`,
    );
    for (const { item, contended } of aside)
      if (!contended) await this.payments.putAside(item.payment.orderId, ASIDE_MS);
  }

  /** All requests of this kind will be refused until the mistake is mended, so one line now and then is enough. */
  private alarmOfOwnMistake({ operation }: Payment, reason: string): void {
    if (operation) this.metrics.observeOwnMistake(operation);
    const now = performance.now();
    if (now < this.mistakeToldUntil) return;
    this.mistakeToldUntil = now + TELL_EVERY_MS;
    this.log.error(`The processor refuses our ${operation} requests; no card is to blame: ${reason}`);
  }

  private alarm({ orderId, operation, trouble }: Payment): void {
    this.log.error(
      `The ${operation} of order ${orderId} needs attention: it fails again and again: ${trouble}`,
    );
  }

  private reply(tx: Tx, ask: Ask, answer: 'done' | Failure): void {
    tx.reply(ask, answer === 'done' ? {} : answer);
  }
}

/** A refund that no command asked for and none waits for. */
export const giveBack = (): Ask => ({
  verb: 'refund',
  id: randomUUID(),
  type: RefundPayment.type,
  traceparent: currentContext().traceparent,
});
