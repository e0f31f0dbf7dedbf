import type { FailureData, MailKind, OrderFact, OrderStatus } from '@caravan/contracts';

export type NotificationKind = MailKind;

/** What a notification tells of: the order, and why it was rejected if it was. */
export type OrderNews = OrderFact & { reason?: FailureData };

/** What becomes of a notification after a try to send it. */
export type Outcome =
  | { state: 'SENT' }
  | { state: 'PENDING'; againInMs: number; reason: string }
  | { state: 'FAILED'; reason: string }
  | { state: 'SUPERSEDED'; reason: string };

const FRESH = { late: false, undeliverable: false };
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 900_000;

/** A mail that a customer shall get. */
export class Notification {
  constructor(
    readonly orderId: string,
    readonly kind: NotificationKind,
    readonly news: OrderNews,
    /** The try at hand, 1 the first time. */
    readonly attempt: number,
    readonly traceparent: string,
    /**
     * `late`: the news is so old that the order may stand otherwise by now.
     * `undeliverable`: it was given up before, and is tried again on request.
     */
    readonly history: { readonly late: boolean; readonly undeliverable: boolean } = FRESH,
  ) {}

  /** The same at every try, so that a mail that came twice can be recognised (RFC 5322 §3.6.4). */
  messageId(domain: string): string {
    return `<${this.kind.toLowerCase()}.${this.orderId}@${domain}>`;
  }

  sent(): Outcome {
    return { state: 'SENT' };
  }

  /** This try was in vain: again after a pause that doubles each time, or given up after `attempts` tries. */
  failed(reason: string, attempts: number, random: () => number = Math.random): Outcome {
    if (this.attempt >= attempts) return this.givenUp(`${reason} (after ${this.attempt} tries)`);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.attempt - 1), LONGEST_PAUSE_MS);
    return { state: 'PENDING', againInMs: Math.round(pause * (0.8 + 0.4 * random())), reason };
  }

  /** Why it must not be sent to the customer of an order that stands so; undefined when it may be. */
  contradictedBy(status: OrderStatus): string | undefined {
    const over = status === 'CANCELLED' || status === 'REJECTED';
    return this.kind === 'CONFIRMED' && over ? `the order is ${status} by now` : undefined;
  }

  /** Newer news of the order makes this one untrue: it is never sent. */
  superseded(reason: string): Outcome {
    return { state: 'SUPERSEDED', reason };
  }

  /** No further try would help. */
  givenUp(reason: string): Outcome {
    return { state: 'FAILED', reason };
  }
}
