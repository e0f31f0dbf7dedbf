import type { DataOf, PaymentChanged, PaymentStatus } from '@caravan/contracts';
import type { Ask, Verb } from './ask.ts';
import { type Dispute, merged } from './dispute.ts';
import type { Notice } from './notice.ts';

/** What can be open at the processor; `inspect` only looks, after a notice that contradicts what is known. */
export type Operation = Verb | 'inspect';
/** What happened to the money without the shop having asked for it. */
export type Change = Omit<DataOf<typeof PaymentChanged>, 'orderId'>;

/** The decline code of a hold that the processor let go by itself. */
export const EXPIRED = 'authorization_expired';
/** Leave the time of the next look as it is. */
export const KEEP_DUE = -1;

/**
 * The money of one order as it is stored. `status` is what is known; `operation` is what is open at the processor, and while
 * one is, every other command waits. UNKNOWN means that the open operation was asked and its answer has not come.
 */
export class PaymentState {
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
  /** The refund that gave the money back, null when it is not known which. */
  refundId: string | null = null;
  /** Refunds that the bank sent back. */
  failedRefunds: string[] = [];
  declineCode: string | null = null;
  dispute: Dispute | null = null;
  /** The last movement of the money was made at the processor, not by the shop. */
  outside = false;
  /** How often the hold ended by itself and was authorized anew. */
  renewals = 0;
  /** Attempts that left the open operation's outcome unknown, and the last reason. */
  attempts = 0;
  trouble: string | null = null;
  /** How many idempotency keys of the open (or last) operation are spent. */
  spentKeys = 0;
  waiting: Ask[] = [];
  /** Notices that came before the open operation had its answer; heard again when it ends. */
  early: Notice[] = [];
  version = 1;
  /** How long the open operation has been open when it was read, in ms by the database's clock. */
  operationAgeMs = 0;
  /** The operation was opened since the payment was read. */
  reopened = false;
  /** When to look again, in ms from now; null: never. */
  dueInMs: number | null = KEEP_DUE;
  /** What others have to be told in the transaction that stores the payment. */
  changes: Change[] = [];

  /** Tells others, with the transaction that stores the payment. */
  tell(what: Change['what'], detail: string, attention: boolean): void {
    this.changes.push({ what, detail, attention });
  }

  /** @returns whether it is news */
  hearDispute(told: Dispute): boolean {
    const known = this.dispute;
    const now = merged(known, told);
    if (now === known) return false;
    this.dispute = now;
    const what = now.closedAt
      ? 'dispute-closed'
      : known?.id === now.id
        ? 'dispute-updated'
        : 'dispute-opened';
    const detail = `${now.status}: ${now.reason}`;
    this.tell(what, detail, false);
    return true;
  }
}
