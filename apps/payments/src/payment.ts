import type { Failure } from '@caravan/contracts';
import { addTo, type Answered, type Ask, type Verb } from './ask.ts';
import { backoffMs } from './backoff.ts';
import { blocksRefund } from './dispute.ts';
import { conclude } from './conclusion.ts';
import { lookAt } from './inspection.ts';
import type { Notice } from './notice.ts';
import { type Outcome, type Unknown, unknown } from './outcome.ts';
import { IN_FLIGHT_MS, pauseFor } from './pause.ts';
import { EXPIRED, type Operation, PaymentState } from './payment-state.ts';
import { declined, disputed, notCapturable, refused } from './payment.errors.ts';

/** done: it is so · call: the operation is open, ask the processor · wait: something else is open first · Failure: no. */
export type Verdict = 'done' | 'call' | 'wait' | Failure;

export interface Terms {
  amountMinor: number;
  currency: string;
  method: string | null;
}

/** After this many attempts in a row without success an alarm is raised; the attempts go on. */
export const STUCK_AFTER = 6;

/** A refund that the bank sends back is sent again this often; then a person has to look. */
const MAX_RETURNED_REFUNDS = 6;
/** Of so many refunds it is known that they failed. */
const MAX_NOTED_REFUNDS = 12;
const SELDOM_MS = 600_000;
const MAX_RENEWALS = 3;
const MAX_EARLY = 20;

/** What commands, answers of the processor and notices do to a payment. Pure: it changes the state and says what to do next. */
export class Payment extends PaymentState {
  static pending(orderId: string, terms: Terms, by: string): Payment {
    const payment = Object.assign(new Payment(), { orderId, ...terms });
    // A total of 0 needs no card and no processor.
    if (terms.amountMinor === 0) return Object.assign(payment, { status: 'AUTHORIZED', dueInMs: null });
    return Object.assign(payment, { operation: 'authorize', begunBy: by });
  }

  /** Called off before it was ever asked for: a late authorization finds it and is refused. */
  static tombstone(orderId: string): Payment {
    return Object.assign(new Payment(), { orderId, status: 'VOIDED' });
  }

  /** Fresh once the one before is spent, but for an authorization: a second one could be a second charge. */
  get idempotencyKey(): string {
    const key = `${this.orderId}:${this.operation}`;
    if (this.operation === 'authorize') return this.renewals ? `${key}:renewal-${this.renewals}` : key;
    return this.spentKeys ? `${key}:${this.spentKeys + 1}` : key;
  }

  /** Has just failed so often that a person should look. */
  get alarming(): boolean {
    return this.operation !== null && Math.max(this.attempts, this.spentKeys) === STUCK_AFTER;
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
    return this.status === 'DECLINED' ? declined(this.declineCode ?? 'card_declined') : 'done';
  }

  /** A hold that ended by itself before it was captured is authorized anew first. */
  capture(by: string): Verdict {
    const open = this.ifOpen(by);
    if (open) return open;
    if (this.status === 'CAPTURED') return 'done';
    if (this.status === 'VOIDED' && this.declineCode === EXPIRED && this.renewals < MAX_RENEWALS) {
      this.renewals++;
      this.intentId = null;
      return this.begin('authorize', by);
    }
    if (this.status !== 'AUTHORIZED') return notCapturable();
    return this.begin('capture', by);
  }

  void(by: string): Verdict {
    const open = this.ifOpen(by);
    if (open) return open;
    if (this.status === 'CAPTURED') {
      return this.outside
        ? this.refund(by)
        : refused('The money was taken already; it can only be refunded.');
    }
    return this.letGo(by);
  }

  refund(by: string): Verdict {
    const open = this.ifOpen(by);
    if (open) return open;
    if (this.status !== 'CAPTURED') return this.letGo(by);
    if (this.dispute && blocksRefund(this.dispute)) return disputed();
    // The bank has given the customer the money already.
    if (this.dispute?.status === 'lost')
      return this.dispute.amountMinor >= this.amountMinor - this.refundedMinor ? 'done' : disputed();
    return this.begin('refund', by);
  }

  /**
   * Brings this row to where `asked` was when the processor was called for it. A capture is called for before it is noted,
   * so a row at rest, unchanged since it was read, opens it now. @returns false when the row has moved on: the result is stale
   */
  takeUp(asked: Payment): boolean {
    const unnoted = asked.operation === 'capture' && !this.operation && this.version === asked.version - 1;
    if (unnoted && asked.begunBy) this.capture(asked.begunBy);
    return this.operation === asked.operation && this.version === asked.version;
  }

  /** Takes in what the processor said about the open operation. */
  settle(outcome: Outcome): void {
    if (!this.operation) return;
    this.version++;
    // What was heard while the processor was asked is asked for before an authorization is given up.
    if (outcome.kind === 'given-up' && this.intentId !== outcome.asked)
      return this.again(unknown('an intent was heard of meanwhile'), 0);
    if (outcome.kind === 'unknown') return this.again(outcome);
    if (this.operation === 'inspect') lookAt(this, outcome);
    else conclude(this, this.operation, outcome);
    this.close();
  }

  /** A command waits for its answer. */
  wait(ask: Ask): void {
    addTo(this.waiting, ask);
  }

  /** Answers the waiting commands in their order, up to the one that needs the processor (which is then open). */
  advance(): Answered[] {
    const answers: Answered[] = [];
    for (let ask = this.waiting[0]; ask && !this.operation; ask = this.waiting[0]) {
      const verdict = this.asked(ask.verb, ask.id);
      if (verdict === 'call' || verdict === 'wait') break;
      answers.push({ ask, answer: verdict });
      this.waiting.shift();
    }
    if (!this.operation) this.dueInMs = null;
    return answers;
  }

  /** The open operation is worth asking for soon: the processor told by itself that something moved. */
  nudge(): void {
    this.dueInMs = this.status === 'UNKNOWN' ? 0 : IN_FLIGHT_MS;
  }

  /** Keeps a notice until the open operation ends. */
  keep(notice: Notice): void {
    this.early = [...this.early, notice].slice(-MAX_EARLY);
  }

  takeEarly(): Notice[] {
    const early = this.early;
    if (early.length > 0) this.early = [];
    return early;
  }

  /** Looks at the object: what the processor says now is what counts. @param then what is done after it, if anything */
  inspect(by: string, then?: Ask): void {
    if (then) this.wait(then);
    this.begin('inspect', by);
  }

  /** A refund that was accepted has failed afterwards: the money is still the shop's, and is sent again, later each time. */
  refundReturned(refundId: string, by: Ask): void {
    this.status = 'CAPTURED';
    this.refundedMinor = 0;
    this.refundId = null;
    this.noteFailedRefund(refundId);
    this.version++;
    if (this.failedRefunds.length >= MAX_RETURNED_REFUNDS) {
      const detail = `The refund failed ${this.failedRefunds.length} times; it is not tried again by itself.`;
      this.changes.push({ what: 'refund-failed', detail, attention: true });
      return;
    }
    if (this.refund(by.id) !== 'call') return;
    this.wait(by);
    this.dueInMs = backoffMs(this.failedRefunds.length);
  }

  asked(verb: Verb, by: string): Verdict {
    return verb === 'authorize' ? this.authorize(this, by) : this[verb](by);
  }

  private letGo(by: string): Verdict {
    if (this.status === 'AUTHORIZED') return this.begin('void', by);
    // From here on the shop wants it so, too: nothing is authorized anew, and a refund that fails is sent again.
    if (this.status === 'VOIDED') this.declineCode = null;
    this.outside = false;
    return 'done';
  }

  private again(outcome: Unknown, inMs?: number): void {
    // Looking changes nothing: what was known before is still known.
    if (this.operation !== 'inspect') this.status = 'UNKNOWN';
    this.attempts++;
    this.trouble = outcome.reason;
    if (outcome.spent) this.spentKeys++;
    if (outcome.failedRefund) this.noteFailedRefund(outcome.failedRefund);
    this.dueInMs = inMs ?? pauseFor(this, outcome.retryAfterMs);
    // By now people have been called; the bank is asked some hundred times a day instead of some thousand.
    if (this.failedRefunds.length >= MAX_NOTED_REFUNDS) this.dueInMs = Math.max(this.dueInMs, SELDOM_MS);
  }

  private noteFailedRefund(refundId: string): void {
    if (refundId && !this.failedRefunds.includes(refundId))
      this.failedRefunds = [...this.failedRefunds, refundId].slice(-MAX_NOTED_REFUNDS);
  }

  private begin(operation: Operation, by: string): Verdict {
    this.version++;
    if (this.amountMinor === 0 && !this.intentId && operation !== 'inspect') {
      this.status = FREE[operation];
      return 'done';
    }
    this.operation = operation;
    this.begunBy = by;
    // A refund's keys are never used again: an old one would answer for an old refund.
    this.spentKeys = operation === 'refund' ? this.failedRefunds.length : 0;
    this.operationAgeMs = 0;
    this.reopened = true;
    this.dueInMs = 0;
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
}

/** What each operation on an amount of 0 comes to, without the processor. */
const FREE = { authorize: 'AUTHORIZED', capture: 'CAPTURED', void: 'VOIDED', refund: 'REFUNDED' } as const;
