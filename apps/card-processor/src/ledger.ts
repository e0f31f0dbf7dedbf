import { orderOf, type Intent } from './intent.ts';
import type { Movement } from './outcome.ts';

/** What truly happened to one order's money: sums in minor units, and how often. */
export interface LedgerLine {
  readonly orderId: string | null;
  readonly currency: string;
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
  authorizations: number;
  captures: number;
  refunds: number;
  /** What open and lost disputes have taken back; missing without a dispute. */
  disputed?: number;
  /** How many disputes were ever opened; missing without a dispute. */
  disputes?: number;
}

/** How each movement changes a line: the sum, the counter, and the direction of both. */
const effects = {
  authorized: ['authorized', 'authorizations', 1],
  captured: ['captured', 'captures', 1],
  refunded: ['refunded', 'refunds', 1],
  'refund-failed': ['refunded', 'refunds', -1],
  voided: ['voided', null, 1],
  disputed: ['disputed', 'disputes', 1],
  reinstated: ['disputed', null, -1],
} as const;

/** The sandbox's own account of money, kept from movements alone, so that a wrong intent could not hide in it. */
export class Ledger {
  private readonly byOrder = new Map<string | null, LedgerLine[]>();

  post(intent: Intent, moved: readonly Movement[]): void {
    for (const { kind, amount } of moved) {
      const line = this.line(orderOf(intent), intent.currency);
      const [sum, counter, sign] = effects[kind];
      line[sum] = (line[sum] ?? 0) + sign * amount;
      if (counter !== null) line[counter] = (line[counter] ?? 0) + sign;
    }
  }

  /** Every line, or those of one order; an order whose money never moved has none. */
  lines(orderId?: string): LedgerLine[] {
    return orderId === undefined ? [...this.byOrder.values()].flat() : (this.byOrder.get(orderId) ?? []);
  }

  clear(): void {
    this.byOrder.clear();
  }

  private line(orderId: string | null, currency: string): LedgerLine {
    const lines = this.byOrder.get(orderId);
    const known = lines?.find((line) => line.currency === currency);
    if (known) return known;
    const line = {
      orderId,
      currency,
      authorized: 0,
      captured: 0,
      refunded: 0,
      voided: 0,
      authorizations: 0,
      captures: 0,
      refunds: 0,
    };
    if (lines) lines.push(line);
    else this.byOrder.set(orderId, [line]);
    return line;
  }
}
