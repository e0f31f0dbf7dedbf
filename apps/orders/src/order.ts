import {
  type Address,
  allTaken,
  chargeStep,
  type DataOf,
  type FailureData,
  isChargeable,
  maximumCharge,
  minimumCharge,
  Money,
  type OrderStatus,
  type PlaceOrder,
  type Product,
  type Whole,
} from '@caravan/contracts';
import { fingerprintOf } from './fingerprint.ts';
import {
  notChargeable,
  type OrderIssue,
  orderTooFine,
  orderTooLarge,
  orderTooSmall,
  otherCurrency,
  unknownProduct,
} from './order.errors.ts';
import { mergeLines, type OrderLine, placeOf, priced } from './order-line.ts';
import { orderNumber } from './order-number.ts';

/** What a customer asks for; prices are not among it. */
export type OrderRequest = DataOf<typeof PlaceOrder>;

/** The fields of an order that are stored; the others are made of them. */
export type Stored = Omit<Order, 'number' | 'cancellable' | 'final'>;

/** A mail about an order that cannot be delivered. */
export interface UndeliverableMail {
  readonly kind: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/** An order as it was accepted: its lines and prices never change again. */
export class Order {
  id!: string;
  /** Set by the database, in the order of acceptance. */
  serial!: number;
  customerId!: string;
  /** The customer's own name for his wish; forgotten when he will not repeat it any more. */
  idempotencyKey!: string | null;
  fingerprint!: string;
  status!: OrderStatus;
  placedAt!: Date;
  lines!: OrderLine[];
  totalMinor!: number;
  currency!: string;
  paymentMethod!: string;
  shippingAddress!: Address;
  rejection!: FailureData | null;
  cancelRequested!: boolean;
  traceparent!: string;
  /** Mails that the customer cannot be sent; null when there are none. */
  undeliverable!: UndeliverableMail[] | null;

  /** What people read out on the telephone. */
  get number(): string {
    return orderNumber(Number(this.serial));
  }

  /** The customer still may change his mind: it is on its way or confirmed. */
  get cancellable(): boolean {
    return this.status === 'PENDING' || this.status === 'CONFIRMED' || this.status === 'NEEDS_ATTENTION';
  }

  get final(): boolean {
    return this.status !== 'PENDING';
  }

  /**
   * Prices the request with the shop's own prices, which are fixed from here on.
   * @returns the order, or everything that is wrong with the request
   */
  static accept(
    id: string,
    request: OrderRequest,
    catalogue: ReadonlyMap<string, Product>,
    traceparent: string,
  ): Order | OrderIssue[] {
    const merged = mergeLines(request.lines);
    const unknown = merged.filter(({ sku }) => !catalogue.has(sku));
    if (unknown.length > 0) return unknown.map(({ sku }) => unknownProduct(placeOf(sku, request.lines), sku));
    const currencies = new Set(merged.map(({ sku }) => catalogue.get(sku)!.currency));
    if (currencies.size > 1)
      return merged.map(({ sku }) =>
        otherCurrency(placeOf(sku, request.lines), catalogue.get(sku)!, [...currencies]),
      );
    const lines = merged.map(({ sku, quantity }) => priced(catalogue.get(sku)!, quantity));
    const total = Money.sum(lines.map(({ totalMinor, currency }) => ({ amountMinor: totalMinor, currency })));
    const issues = chargeIssues(total);
    if (issues.length > 0) return issues;
    const { customerId, idempotencyKey, paymentMethod, shippingAddress, lines: _priced, ...rest } = request;
    allTaken(rest);
    const accepted: Whole<Omit<Stored, 'serial' | 'placedAt'>> = {
      id,
      customerId,
      idempotencyKey,
      fingerprint: fingerprintOf(request),
      status: 'PENDING',
      lines,
      totalMinor: total.amountMinor,
      currency: total.currency,
      paymentMethod,
      shippingAddress,
      rejection: null,
      cancelRequested: false,
      traceparent,
      undeliverable: null,
    };
    return Object.assign(new Order(), accepted);
  }
}

/** Why no card could be charged the total. Nothing is charged for a total of 0, whatever its currency. */
function chargeIssues(total: Money): OrderIssue[] {
  const { amountMinor, currency } = total;
  if (amountMinor === 0) return [];
  if (!isChargeable(currency)) return [notChargeable(currency)];
  const [least, most] = [minimumCharge(currency), maximumCharge(currency)];
  if (amountMinor < least.amountMinor) return [orderTooSmall(total, least)];
  if (amountMinor > most.amountMinor) return [orderTooLarge(total, most)];
  const step = chargeStep(currency);
  return amountMinor % step === 0 ? [] : [orderTooFine(total, new Money(step, currency))];
}
