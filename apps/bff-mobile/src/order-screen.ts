import type { Order, OrderStatus, Payment, TimelineEntry } from '@caravan/contracts';
import { dateText, moneyText } from '@caravan/graphql';
import { messages } from './messages.ts';
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
  return others.length === 0 ? first.name : messages().andMore(first.name, others.length);
}

/** What a row and a screen show alike. */
function inBoth({ id, status, placedAt, totalMinor, currency }: Order) {
  const total = moneyText({ amountMinor: totalMinor, currency });
  return { id, status, placedAt, placedOn: dateText(placedAt), total, totalMinor, currency };
}

/** An order as a row of a list. */
export function toBadge(order: Order): OrderBadge {
  return { ...inBoth(order), title: titleOf(order), firstSku: order.lines[0]?.sku };
}

/** An order as a screen of its own. */
export function toScreen(order: Order): OrderScreen {
  return {
    ...inBoth(order),
    title: messages().order(order.number),
    lines: order.lines.map(({ quantity, name }) => `${quantity} × ${name}`),
    canCancel: CANCELLABLE.has(order.status),
  };
}

/** @param payment absent when the order has got none */
export function paymentLabel(payment: Payment | null): string {
  const text = messages();
  if (!payment) return text.nothingCharged;
  const { status, amountMinor, refundedMinor, currency, dispute } = payment;
  const money = (minor: number) => moneyText({ amountMinor: minor, currency });
  if (amountMinor === 0) return text.nothingToPay;
  const parts = [text.payment[status](money(amountMinor), money(refundedMinor))];
  if (status === 'CAPTURED' && refundedMinor > 0) parts.push(text.partlyRefunded(money(refundedMinor)));
  if (dispute) parts.push(dispute.closedAt ? text.disputeClosed(dispute.status) : text.disputed);
  return parts.join(', ');
}

const ABOUT_CARDS: ReadonlySet<string> = new Set(['authorize payment', 'capture payment', 'refund payment']);

/**
 * What happened so far, in the customer's words. Steps that concern the shop alone are left out.
 * @param free whether the order costs nothing: no card is asked then
 */
export function progressOf(entries: readonly TimelineEntry[], free = false): string[] {
  return entries
    .filter(({ step }) => !free || !ABOUT_CARDS.has(step))
    .flatMap(({ step, outcome }) => messages().progress[step]?.[outcome] ?? []);
}
