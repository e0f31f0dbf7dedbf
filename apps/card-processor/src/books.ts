import { Agenda } from './agenda.ts';
import type { Dispute } from './dispute.ts';
import { orderOf, type Intent } from './intent.ts';
import { Ledger } from './ledger.ts';
import { eventsOf, type Entry, type Told } from './outcome.ts';
import type { Refund } from './refund.ts';

const KEY_LIFETIME_SECONDS = 24 * 3600;
const EVENTS_KEPT = 10_000;

/** An event, and the entry that caused it. */
export interface Happening {
  readonly told: Told;
  readonly entry: Entry;
}

/** All that the processor knows. `enter` is the only way in, for a call just made and for a line of the journal. */
export class Books {
  readonly ledger = new Ledger();
  readonly agenda = new Agenda();
  private readonly stumbles = new Map<string, number>();
  private readonly intents = new Map<string, Intent>();
  private readonly byOrder = new Map<string, string[]>();
  private readonly refunds = new Map<string, Refund>();
  private readonly disputes = new Map<string, Dispute>();
  private readonly answers = new Map<string, Entry>();
  private recent: Happening[] = [];

  enter(entry: Entry): void {
    const { intent, refund, dispute } = entry;
    if (intent) {
      if (!this.intents.has(intent.id)) this.index(intent);
      this.intents.set(intent.id, intent);
      if (entry.moved) this.ledger.post(intent, entry.moved);
    }
    if (refund) this.refunds.set(refund.id, refund);
    if (dispute) this.disputes.set(dispute.id, dispute);
    this.agenda.note(entry);
    if (entry.key !== undefined) this.remember(entry.key, entry);
    for (const told of eventsOf(entry)) this.recent.push({ told, entry });
    if (this.recent.length > 2 * EVENTS_KEPT) this.recent = this.recent.slice(-EVENTS_KEPT);
  }

  intent(id: string): Intent | undefined {
    return this.intents.get(id);
  }

  refund(id: string): Refund | undefined {
    return this.refunds.get(id);
  }

  dispute(id: string): Dispute | undefined {
    return this.disputes.get(id);
  }

  /** The answer first given under an idempotency key, while the key lives. */
  answer(key: string, seconds: number): Entry | undefined {
    const entry = this.answers.get(key);
    return entry && entry.at > seconds - KEY_LIFETIME_SECONDS ? entry : undefined;
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

  allDisputes(): Dispute[] {
    return [...this.disputes.values()].reverse();
  }

  /** The last events, newest first. */
  events(): Happening[] {
    return this.recent.slice(-EVENTS_KEPT).reverse();
  }

  /** The entry with its objects as they are now. */
  fresh(entry: Entry): Entry {
    const { intent, refund, dispute } = entry;
    return {
      ...entry,
      intent: intent && (this.intents.get(intent.id) ?? intent),
      refund: refund && (this.refunds.get(refund.id) ?? refund),
      dispute: dispute && (this.disputes.get(dispute.id) ?? dispute),
    };
  }

  /** Counts a failure of a flaky card, by what it failed for; the count outlives a restart, as the bank behind it does. */
  stumbled(who: string): void {
    this.stumbles.set(who, this.stumblesOf(who) + 1);
  }

  stumblesOf(who: string): number {
    return this.stumbles.get(who) ?? 0;
  }

  clear(): void {
    this.stumbles.clear();
    this.intents.clear();
    this.byOrder.clear();
    this.refunds.clear();
    this.disputes.clear();
    this.answers.clear();
    this.recent = [];
    this.ledger.clear();
    this.agenda.clear();
  }

  private index(intent: Intent): void {
    const orderId = orderOf(intent);
    if (orderId === null) return;
    const known = this.byOrder.get(orderId);
    if (known) known.push(intent.id);
    else this.byOrder.set(orderId, [intent.id]);
  }

  /** Keys lie in the order of their use, so that the oldest are found at the front. */
  private remember(key: string, entry: Entry): void {
    this.answers.delete(key);
    this.answers.set(key, entry);
    for (const [oldest, { at }] of this.answers) {
      if (at > entry.at - KEY_LIFETIME_SECONDS) break;
      this.answers.delete(oldest);
    }
  }
}
