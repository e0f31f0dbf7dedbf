import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { type CardShares, type Plan, plan } from './orders.ts';
import type { Answer, Customer, Placed } from './shop.ts';

export interface LoadOptions {
  /** At least so many orders; more while the fault lasts. */
  orders: number;
  concurrency: number;
  /** Orders begun a second at most; 0 is no limit. */
  rate: number;
  /** Shares of payment methods; missing: mostly good ones. */
  cards?: CardShares;
  /** Share of orders that are cancelled; missing: a tenth. */
  cancels?: number;
  /** How long a customer tries again under the same key, in milliseconds; two minutes by default. */
  longestTryMs?: number;
}

/** One order from its first click to the moment its customer knew. */
export interface Purchase {
  readonly key: string;
  readonly customer: Customer;
  readonly plan: Plan;
  /** Set once an answer told it. */
  orderId?: string;
  /** Order ids that later answers to the same key told; one and the same if all is well. */
  readonly told: Set<string>;
  attempts: number;
  /** Answers that were neither the contract's nor a broken line. */
  readonly strange: string[];
}

/** What a client may get while things are broken, and answers by trying again with the same key (502: the answer broke off). */
const PASSING = {
  codes: ['RATE_LIMITED', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'],
  statuses: [429, 502, 503, 504],
};
/** Of so many products everybody wants some. */
const HOT = 10;
const LONGEST_TRY_MS = 120_000;

/** Customers who buy, all at once, until there are enough orders and the fault is over. */
export class Load {
  readonly purchases: Purchase[] = [];
  known = 0;
  private begun = 0;
  private mayEnd = false;
  private stopped = false;
  private readonly startedAt = performance.now();
  private readonly work: Promise<unknown>;
  private readonly customers: readonly Customer[];
  private readonly skus: readonly string[];
  private readonly options: LoadOptions;
  private readonly random: Random;

  constructor(customers: readonly Customer[], skus: readonly string[], options: LoadOptions, random: Random) {
    this.customers = customers;
    this.skus = skus;
    this.options = options;
    this.random = random;
    this.work = Promise.all(Array.from({ length: options.concurrency }, () => this.buy()));
  }

  /** Waits until so many orders are known to their customers, or nobody buys any more. */
  async reached(count: number, withinMs = 60_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (this.known < count && !this.stopped) {
      if (performance.now() > deadline)
        throw new Error(`only ${this.known} of ${count} orders were answered within ${withinMs / 1000} s`);
      await delay(20);
    }
  }

  /** The fault is over: ends when there are enough orders and each is known to its customer. */
  async finish(): Promise<void> {
    this.mayEnd = true;
    await this.work;
  }

  abandon(): void {
    this.stopped = true;
  }

  private get enough(): boolean {
    return this.stopped || (this.begun >= this.options.orders && this.mayEnd);
  }

  private async buy(): Promise<void> {
    while (!this.enough) {
      const n = this.begun++;
      if (this.options.rate > 0) await this.pace(n);
      const customer = this.customers[n % this.customers.length]!;
      const key = `storm-${n}-${this.random.int(0, 2 ** 31)}`;
      const purchase: Purchase = {
        key,
        customer,
        plan: plan(this.random, key, this.skus, HOT, this.options),
        told: new Set(),
        attempts: 0,
        strange: [],
      };
      this.purchases.push(purchase);
      await this.settle(purchase);
    }
  }

  private pace(n: number): Promise<void> {
    return delay(Math.max(0, this.startedAt + (n * 1_000) / this.options.rate - performance.now()));
  }

  /** Clicks, and clicks again under the same key until the answer tells of an order. */
  private async settle(purchase: Purchase): Promise<void> {
    const { customer, plan } = purchase;
    const deadline = performance.now() + (this.options.longestTryMs ?? LONGEST_TRY_MS);
    while (purchase.orderId === undefined && !this.stopped && performance.now() < deadline) {
      const copies = plan.impatient ? 2 : 1;
      const answers = await Promise.all(
        Array.from({ length: copies }, () => customer.place(plan.input, plan.api)),
      );
      purchase.attempts++;
      for (const answer of answers) heard(purchase, answer);
      if (purchase.orderId === undefined) await delay(100 + Math.random() * 400);
    }
    if (purchase.orderId === undefined) return;
    this.known++;
    if (plan.cancels) await this.cancel(purchase, deadline);
  }

  private async cancel({ customer, orderId, plan, strange }: Purchase, deadline: number): Promise<void> {
    while (!this.stopped && performance.now() < deadline) {
      const answer = await customer.cancel(orderId!, plan.api);
      if (answer.kind === 'ok') return;
      if (!passes(answer)) strange.push(`cancel: ${JSON.stringify(answer)}`);
      await delay(100 + Math.random() * 400);
    }
  }
}

/** Takes an answer to a purchase's key into its records. */
export function heard(purchase: Purchase, answer: Answer<{ placeOrder: Placed }>): void {
  if (answer.kind === 'ok') {
    const { __typename, id, orderId } = answer.data.placeOrder;
    const told = id ?? orderId;
    if (told === undefined) purchase.strange.push(__typename);
    else purchase.told.add((purchase.orderId ??= told)).add(told);
  } else if (!passes(answer)) purchase.strange.push(`place: ${JSON.stringify(answer)}`);
}

function passes(answer: Answer<unknown>): boolean {
  if (answer.kind !== 'failed') return true;
  return PASSING.codes.includes(answer.code) || PASSING.statuses.includes(answer.status);
}
