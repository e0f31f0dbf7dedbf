import type { Failure, PaymentStatus } from '@caravan/contracts';
import { backoffMs } from './backoff.ts';
import type { Outcome } from './outcome.ts';
import { declined, notCapturable, refused } from './payment.errors.ts';

/** What can be asked of a payment. */
export type Verb = 'authorize' | 'capture' | 'void' | 'refund';
/** What can be open at the processor; `inspect` only looks, after a notice that contradicts what is known. */
export type Operation = Verb | 'inspect';

/** done: it is so · call: the operation is open, ask the processor · wait: something else is open first · Failure: no. */
export type Verdict = 'done' | 'call' | 'wait' | Failure;

export interface Terms {
  amountMinor: number;
  currency: string;
  method: string | null;
}

/** A command that waits for its answer, with what is needed to answer it. */
export interface Ask {
  verb: Verb;
  id: string;
  type: string;
  traceparent: string;
  replyTo?: string;
  sagaId?: string;
  ask?: string;
}

/** So many times in a row the processor gave no answer, or refused: it goes on being asked, and somebody should look. */
export const STUCK_AFTER = 6;

/**
 * An authorization whose one key is spent is given up at this age, when a search by its order finds nothing: that knows an intent
 * within a minute (https://docs.stripe.com/search#data-freshness), and of one that turns up later a notice tells.
 */
export const GIVEN_UP_AFTER_MS = 45_000;

/** Leave the time at which somebody looks again as it is. */
export const KEEP_DUE = -1;

/**
 * The money of one order. `status` is what is known; `operation` is what is open at the processor, and while one is,
 * every other command waits. UNKNOWN means that the open operation was asked and its answer has not come.
 */
export class Payment {
  orderId!: string;
  status: PaymentStatus = 'PENDING';
  operation: Operation | null = null;
  /** The command under which the operation was opened: its redelivery goes on instead of waiting for itself. */
  begunBy: string | null = null;
  amountMinor = 0;
  refundedMinor = 0;
  currency = 'EUR';
  method: string | null = null;
  intentId: string | null = null;
  declineCode: string | null = null;
  /** Attempts that left the open operation's outcome unknown, and the last reason. */
  attempts = 0;
  trouble: string | null = null;
  /** How many idempotency keys of the open (or last) operation are spent. */
  spentKeys = 0;
  waiting: Ask[] = [];
  version = 1;
  /** How old it was when it was read, in ms by the database's clock. */
  ageMs = 0;
  /** When somebody should look again, in ms from now; null: never. */
  dueInMs: number | null = KEEP_DUE;

  static pending(orderId: string, terms: Terms, by: string): Payment {
    return Object.assign(new Payment(), { orderId, ...terms, operation: 'authorize', begunBy: by });
  }

  /** Called off before it was ever asked for: a late authorization finds it and is refused. */
  static tombstone(orderId: string): Payment {
    return Object.assign(new Payment(), { orderId, status: 'VOIDED' });
  }

  /** Fresh once the one before is spent, but for an authorization, of which there is one for ever. */
  get idempotencyKey(): string {
    const key = `${this.orderId}:${this.operation}`;
    return this.spentKeys && this.operation !== 'authorize' ? `${key}:${this.spentKeys + 1}` : key;
  }

  authorize(terms: Terms, by: string): Verdict {
    const same =
      terms.amountMinor === this.amountMinor &&
      terms.currency === this.currency &&
      terms.method === this.method;
    if (this.status === 'VOIDED' || this.status === 'REFUNDED') {
      return this.ifOpen(by) ?? refused('The payment of this order was called off.');
    }
    if (!same) return refused('This order is paid on other terms.');
    const open = this.ifOpen(by);
    if (open) return open;
    return this.status === 'DECLINED' ? this.declined() : 'done';
  }

  capture(by: string): Verdict {
    const open = this.ifOpen(by);
    if (open) return open;
    if (this.status === 'CAPTURED') return 'done';
    if (this.status !== 'AUTHORIZED') return notCapturable();
    return this.begin('capture', by);
  }

  void(by: string): Verdict {
    const open = this.ifOpen(by);
    if (open) return open;
    if (this.status === 'CAPTURED') return refused('The money was taken already; it can only be refunded.');
    return this.status === 'AUTHORIZED' ? this.begin('void', by) : 'done';
  }

  refund(by: string): Verdict {
    const open = this.ifOpen(by);
    if (open) return open;
    if (this.status === 'AUTHORIZED') return this.begin('void', by);
    return this.status === 'CAPTURED' ? this.begin('refund', by) : 'done';
  }

  /** Takes in what the processor said about the open operation. */
  settle(outcome: Outcome): void {
    if (!this.operation) return;
    this.version++;
    if (outcome.kind === 'unknown') {
      this.status = 'UNKNOWN';
      this.attempts++;
      this.trouble = outcome.reason;
      if (outcome.spent) this.spentKeys++;
      this.dueInMs = this.pauseFor(outcome.retryAfterMs ?? 0);
      return;
    }
    if (outcome.kind === 'authorized') this.status = 'AUTHORIZED';
    if (outcome.kind === 'captured') this.status = 'CAPTURED';
    if (outcome.kind === 'voided') this.status = 'VOIDED';
    if (outcome.kind === 'declined') {
      this.status = 'DECLINED';
      this.declineCode = outcome.code;
    }
    if (outcome.kind === 'refunded') {
      this.status = 'REFUNDED';
      this.refundedMinor = this.amountMinor;
    } else if (outcome.intentId) {
      this.intentId = outcome.intentId;
    }
    this.close();
  }

  /** A command waits for its answer; told again under another id, it is still the same question. */
  wait(ask: Ask): void {
    const same = (other: Ask) =>
      other.id === ask.id || (ask.ask !== undefined && other.ask === ask.ask && other.sagaId === ask.sagaId);
    const at = this.waiting.findIndex(same);
    if (at < 0) this.waiting.push(ask);
    else this.waiting[at] = ask;
  }

  /** Answers the waiting commands in their order, up to the one that needs the processor (which is then open). */
  advance(): { ask: Ask; answer: 'done' | Failure }[] {
    const answers: { ask: Ask; answer: 'done' | Failure }[] = [];
    for (let ask = this.waiting[0]; ask && !this.operation; ask = this.waiting[0]) {
      const verdict = this.asked(ask.verb, ask.id);
      if (verdict === 'call' || verdict === 'wait') break;
      answers.push({ ask, answer: verdict });
      this.waiting.shift();
    }
    if (!this.operation) this.dueInMs = null;
    return answers;
  }

  /** The processor told by itself that something moved: an open outcome is worth asking for now. */
  nudge(intentId: string): boolean {
    if (!this.operation) return false;
    if (this.status !== 'UNKNOWN') {
      this.dueInMs = PATIENCE_MS;
      return true;
    }
    this.intentId ??= intentId;
    this.dueInMs = 0;
    return true;
  }

  /** Money is held or taken for an order that should have none: look, and give back what is there. */
  suspect(intentId: string, by: Ask): boolean {
    if (this.operation || (this.status !== 'VOIDED' && this.status !== 'DECLINED')) return false;
    this.intentId = intentId;
    this.wait(by);
    this.begin('inspect', by.id);
    return true;
  }

  /** A refund that was accepted has failed afterwards: the money is still ours, and is sent again, later each time. */
  refundFailed(by: Ask): boolean {
    if (this.operation || this.status !== 'REFUNDED') return false;
    this.status = 'CAPTURED';
    this.refundedMinor = 0;
    this.wait(by);
    const spent = this.spentKeys + 1;
    this.begin('refund', by.id);
    this.spentKeys = spent;
    this.dueInMs = backoffMs(spent);
    return true;
  }

  /** Has just failed so often that somebody should look. */
  get alarming(): boolean {
    return this.operation !== null && Math.max(this.attempts, this.spentKeys) === STUCK_AFTER;
  }

  asked(verb: Verb, by: string): Verdict {
    return verb === 'authorize' ? this.authorize(this, by) : this[verb](by);
  }

  private begin(operation: Operation, by: string): 'call' {
    this.operation = operation;
    this.begunBy = by;
    this.spentKeys = 0;
    this.dueInMs = 0;
    this.version++;
    return 'call';
  }

  private close(): void {
    this.operation = null;
    this.begunBy = null;
    this.attempts = 0;
    this.trouble = null;
    this.dueInMs = null;
  }

  private ifOpen(by: string): 'call' | 'wait' | undefined {
    if (!this.operation) return undefined;
    return this.begunBy === by && this.status !== 'UNKNOWN' ? 'call' : 'wait';
  }

  /** While a customer waits for the outcome, nobody is left alone for longer than he can wait, and what can be given up is not late. */
  private pauseFor(retryAfterMs: number): number {
    const backoff = backoffMs(this.attempts);
    if (this.operation !== 'authorize') return Math.max(backoff, retryAfterMs);
    const pause = Math.max(backoff, Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    const left = GIVEN_UP_AFTER_MS - this.ageMs;
    return this.spentKeys > 0 && left > 0 ? Math.min(pause, left + A_MOMENT_MS) : pause;
  }

  private declined(): Failure {
    return declined(this.declineCode ?? 'card_declined');
  }
}

/** A third of the time within which an order has its outcome once the processor is well. */
const LONGEST_PAUSE_MS = 20_000;
const A_MOMENT_MS = 100;
/** A call in flight gets this long before a notice makes somebody else ask. */
const PATIENCE_MS = 1000;
