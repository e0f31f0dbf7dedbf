import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { DeliveryPlan, Faults } from './fault.ts';
import { orderOf } from './intent.ts';
import type { Entry, EventType, Told } from './outcome.ts';
import type { PostClient } from './post.client.ts';
import { Reordering } from './reordering.ts';
import { toEvent } from './stripe.mapping.ts';

export interface WebhookOptions {
  /** The kinds of events it asked for; missing: all. */
  readonly events?: readonly string[];
  /** Wait before attempt n + 1, doubled each time up to `maxDelayMs`. */
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  readonly attempts?: number;
}

interface Delivery {
  readonly eventId: string;
  readonly payment: string;
  /** The text to send, made when it is sent if the fault rules ask for it. */
  payload(): string;
  attempt: number;
  /** Called when it was tried once. */
  tried?: () => void;
}

const MAX_PENDING = 10_000;
const OLD_SECONDS = 3_600;

/** Tells the merchant what happened: signed, again until it is heard, at least once and in no promised order. */
export class WebhooksClient {
  private readonly cancels = new Set<() => void>();
  private readonly early = new Map<Entry, Promise<void>>();
  private readonly reordering = new Reordering<Delivery>();
  private pending = new Set<Delivery>();

  constructor(
    private readonly options: WebhookOptions,
    private readonly client: PostClient,
    private readonly faults: Faults,
    private readonly clock: Clock,
    /** The entry with its objects as they are now. */
    private readonly fresh: (entry: Entry) => Entry,
    private readonly delivered: (eventId: string) => void,
    private readonly log: Logger,
  ) {}

  wants(event: EventType): boolean {
    return this.options.events?.includes(event) ?? true;
  }

  notify(entry: Entry, told: Told): void {
    const { intent } = entry;
    const plan = this.faults.planDelivery(told.type, intent && orderOf(intent));
    if (plan.lost) return;
    if (this.pending.size >= MAX_PENDING) {
      this.log.warn(
        { event: told.id },
        'too many webhooks wait; this one is not sent, GET /v1/events shows it',
      );
      return;
    }
    const made = JSON.stringify(toEvent(entry, told));
    const payload = plan.fresh ? () => JSON.stringify(toEvent(this.fresh(entry), told)) : () => made;
    for (let copy = 0; copy < plan.copies; copy += 1) {
      const delivery: Delivery = { eventId: told.id, payment: intent?.id ?? '', payload, attempt: 1 };
      this.pending.add(delivery);
      if (copy === 0) this.first(entry, delivery, plan);
      else this.sendIn(plan.delayMs, delivery);
    }
    if (plan.badSignature) void this.client.post(made, { wrong: true });
    if (plan.old) void this.client.post(made, { ageSeconds: OLD_SECONDS });
    if (plan.unknownPayment && intent) {
      void this.client.post(made.replaceAll(intent.id, 'pi_unknown00000000000000000'));
    }
  }

  beforeAnswer(entry: Entry): Promise<void> | undefined {
    return this.early.size === 0 ? undefined : this.early.get(entry);
  }

  /** Gives up everything that waits. */
  clear(): void {
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
    this.early.clear();
    this.reordering.clear();
    this.pending = new Set();
  }

  close(): void {
    this.clear();
    this.client.close();
  }

  private first(entry: Entry, delivery: Delivery, plan: DeliveryPlan): void {
    if (plan.early) {
      const before = this.early.get(entry) ?? Promise.resolve();
      const tried = new Promise<void>((resolve) => (delivery.tried = resolve));
      this.early.set(
        entry,
        before.then(() => tried),
      );
      void tried.then(() => this.early.delete(entry));
    }
    if (plan.repeatMs !== undefined) {
      const again: Delivery = { ...delivery, tried: undefined };
      this.pending.add(again);
      this.sendIn(plan.delayMs + plan.repeatMs, again);
    }
    if (plan.reorderMs !== undefined && this.reordering.hold(delivery.payment, delivery)) {
      this.later(plan.reorderMs, () => this.release(delivery.payment));
    } else this.sendIn(plan.delayMs, delivery);
  }

  private release(payment: string): void {
    const held = this.reordering.release(payment);
    if (held) void this.send(held);
  }

  private sendIn(delayMs: number, delivery: Delivery): void {
    if (delayMs === 0) void this.send(delivery);
    else this.later(delayMs, () => void this.send(delivery));
  }

  private later(ms: number, run: () => void): void {
    const cancel = this.clock.in(ms, () => {
      this.cancels.delete(cancel);
      run();
    });
    this.cancels.add(cancel);
  }

  private async send(delivery: Delivery): Promise<void> {
    const status = await this.client.post(delivery.payload());
    delivery.tried?.();
    if (!this.pending.has(delivery)) return;
    this.release(delivery.payment);
    const { attempts = 16, firstDelayMs = 500, maxDelayMs = 15_000 } = this.options;
    const heard = status >= 200 && status < 300;
    if (!heard && delivery.attempt < attempts) {
      this.sendIn(Math.min(maxDelayMs, firstDelayMs * 2 ** (delivery.attempt - 1)), delivery);
      delivery.attempt += 1;
      return;
    }
    this.pending.delete(delivery);
    if (heard) this.delivered(delivery.eventId);
    else this.log.warn({ event: delivery.eventId, status, attempts }, 'webhook given up');
  }
}
