import {
  formatMoney,
  type Order,
  type OrderStatus,
  type Payment,
  type PaymentStatus,
  type TimelineEntry,
} from '@caravan/contracts';
import type { OrderBadge, OrderScreen } from './orders.types.ts';

const CANCELLABLE: ReadonlySet<OrderStatus> = new Set<OrderStatus>([
  'PENDING',
  'CONFIRMED',
  'NEEDS_ATTENTION',
]);

/** What was bought, short: `Enamel mug and 2 more`. */
export function titleOf({ lines, number }: Order): string {
  const [first, ...others] = lines;
  if (!first) return number;
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}

const totalOf = ({ totalMinor, currency }: Order): string =>
  formatMoney({ amountMinor: totalMinor, currency });

/** An order as a row of a list. */
export function toBadge(order: Order): OrderBadge {
  return {
    id: order.id,
    title: titleOf(order),
    status: order.status,
    total: totalOf(order),
    placedAt: order.placedAt,
    firstSku: order.lines[0]?.sku,
  };
}

/** An order as a screen of its own. */
export function toScreen(order: Order): OrderScreen {
  return {
    id: order.id,
    title: `Order ${order.number}`,
    status: order.status,
    total: totalOf(order),
    lines: order.lines.map(({ quantity, name }) => `${quantity} × ${name}`),
    canCancel: CANCELLABLE.has(order.status),
  };
}

const LABELS: Record<PaymentStatus, (amount: string, refunded: string) => string> = {
  PENDING: (amount) => `Paying ${amount}`,
  AUTHORIZED: (amount) => `${amount} set aside on your card`,
  CAPTURED: (amount) => `Paid ${amount}`,
  DECLINED: () => 'Payment declined, nothing was charged',
  VOIDED: () => 'Nothing was charged',
  REFUNDED: (_, refunded) => `Refunded ${refunded}`,
  UNKNOWN: (amount) => `We are asking your bank about ${amount}`,
};

/** @param payment absent when the order has got none */
export function paymentLabel(payment: Payment | null): string {
  if (!payment) return 'Nothing was charged';
  const { status, amountMinor, refundedMinor, currency, dispute } = payment;
  const text = (minor: number) => formatMoney({ amountMinor: minor, currency });
  const label = LABELS[status](text(amountMinor), text(refundedMinor));
  const partly = status === 'CAPTURED' && refundedMinor > 0 ? `, ${text(refundedMinor)} refunded` : '';
  const disputed = !dispute
    ? ''
    : dispute.closedAt
      ? `, dispute ${dispute.status}`
      : ', disputed at your bank';
  return `${label}${partly}${disputed}`;
}

/** A line a step: `Reserve stock: done`. */
export function progressOf(entries: readonly TimelineEntry[]): string[] {
  return entries.map(({ step, outcome, detail }) => {
    const text = `${step.charAt(0).toUpperCase()}${step.slice(1)}: ${outcome}`;
    return detail ? `${text} (${detail})` : text;
  });
}
