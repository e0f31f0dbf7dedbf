import { createHash } from 'node:crypto';
import {
  type Address,
  type FailureData,
  isChargeable,
  type Line,
  maximumCharge,
  minimumCharge,
  Money,
  type OrderStatus,
  type Product,
} from '@caravan/contracts';
import {
  notChargeable,
  type OrderIssue,
  orderTooLarge,
  orderTooSmall,
  otherCurrency,
  unknownProduct,
} from './order.errors.ts';
import { orderNumber } from './order-number.ts';

export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly totalMinor: number;
  /** The order's; absent in orders that were placed before lines carried it. */
  readonly currency?: string;
}

/** What a customer asks for; prices are not among it. */
export interface OrderRequest {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
  readonly shippingAddress: Address;
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
    const { customerId, idempotencyKey, paymentMethod, shippingAddress } = request;
    return Object.assign(new Order(), {
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
    });
  }
}

function priced({ sku, name, priceMinor, currency }: Product, quantity: number) {
  const total = new Money(priceMinor, currency).times(quantity);
  return { sku, name, quantity, unitPriceMinor: priceMinor, totalMinor: total.amountMinor, currency };
}

/** Why no card could be charged the total. Nothing is charged for a total of 0, whatever its currency. */
function chargeIssues(total: Money): OrderIssue[] {
  const { amountMinor, currency } = total;
  if (amountMinor === 0) return [];
  if (!isChargeable(currency)) return [notChargeable(currency)];
  const [least, most] = [minimumCharge(currency), maximumCharge(currency)];
  if (amountMinor < least.amountMinor) return [orderTooSmall(total, least)];
  return amountMinor > most.amountMinor ? [orderTooLarge(total, most)] : [];
}

/** Where the customer named a product first: merged lines have other places. */
const placeOf = (sku: string, lines: readonly Line[]): number => lines.findIndex((line) => line.sku === sku);

/** The same sku twice is one line with both quantities, at the place of the first. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}

/** Equal for requests that ask for the same: lines in any order, whatever the spelling of an absent second address line. */
export function fingerprintOf({ lines, paymentMethod, shippingAddress }: OrderRequest): string {
  const { name, line1, line2, city, postalCode, country } = shippingAddress;
  const sorted = mergeLines(lines).sort((a, b) => (a.sku < b.sku ? -1 : 1));
  const canonical = [
    sorted.map(({ sku, quantity }) => [sku, quantity]),
    paymentMethod,
    [name, line1, line2 ?? '', city, postalCode, country],
  ];
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url');
}
