import { orderOf, type Intent } from './intent.ts';
import { Ledger } from './ledger.ts';
import type { Entry } from './outcome.ts';
import type { Refund } from './refund.ts';

const KEY_LIFETIME_SECONDS = 24 * 3600;
const EVENTS_KEPT = 10_000;

/** All that the processor knows. `enter` is the only way in, for a call just made and for a line of the journal. */
export class Books {
  readonly ledger = new Ledger();
  private readonly intents = new Map<string, Intent>();
  private readonly byOrder = new Map<string, string[]>();
  private readonly refunds = new Map<string, Refund>();
  private readonly answers = new Map<string, Entry>();
  private recent: Entry[] = [];

  enter(entry: Entry): void {
    const { intent, refund } = entry;
    if (intent) {
      if (!this.intents.has(intent.id)) this.index(intent);
      this.intents.set(intent.id, intent);
      if (entry.moved) this.ledger.post(intent, entry.moved);
    }
    if (refund) this.refunds.set(refund.id, refund);
    if (entry.key !== undefined) this.remember(entry.key, entry);
    if (entry.eventId !== undefined) {
      this.recent.push(entry);
      if (this.recent.length > 2 * EVENTS_KEPT) this.recent = this.recent.slice(-EVENTS_KEPT);
    }
  }

  intent(id: string): Intent | undefined {
    return this.intents.get(id);
  }

  refund(id: string): Refund | undefined {
    return this.refunds.get(id);
  }

  /** The answer first given under an idempotency key. */
  answer(key: string): Entry | undefined {
    return this.answers.get(key);
  }

  /** Newest first. */
  intentsOfOrder(orderId: string): Intent[] {
    return (this.byOrder.get(orderId) ?? []).map((id) => this.intents.get(id)!).reverse();
  }

  allIntents(): Intent[] {
    return [...this.intents.values()].reverse();
  }

  allRefunds(): Refund[] {
    return [...this.refunds.values()].reverse();
  }

  /** The last events, newest first, each as the entry that caused it. */
  events(): Entry[] {
    return this.recent.slice(-EVENTS_KEPT).reverse();
  }

  clear(): void {
    this.intents.clear();
    this.byOrder.clear();
    this.refunds.clear();
    this.answers.clear();
    this.recent = [];
    this.ledger.clear();
  }

  private index(intent: Intent): void {
    const orderId = orderOf(intent);
    if (orderId === null) return;
    const known = this.byOrder.get(orderId);
    if (known) known.push(intent.id);
    else this.byOrder.set(orderId, [intent.id]);
  }

  private remember(key: string, entry: Entry): void {
    this.answers.set(key, entry);
    const oldest = this.answers.entries().next().value;
    if (oldest && oldest[1].at < entry.at - KEY_LIFETIME_SECONDS) this.answers.delete(oldest[0]);
  }
}
