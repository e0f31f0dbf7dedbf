import type { Order as OrderData, OrderFact, Whole } from '@caravan/contracts';
import type { Checkout } from './checkout.saga.ts';
import type { Order } from './order.ts';
import type { OrderLine } from './order-line.ts';

/** The order as others see it. */
export function toData(order: Order): Whole<OrderData> {
  const { id, number, customerId, status, placedAt, totalMinor, currency, shippingAddress, rejection } =
    order;
  return {
    id,
    number,
    customerId,
    status,
    placedAt: placedAt.toISOString(),
    lines: linesOf(order),
    totalMinor,
    currency,
    shippingAddress,
    rejection,
  };
}

/** Lines of orders that were placed before lines carried their currency get it from the order. */
const linesOf = ({ lines, currency }: Order): OrderLine[] =>
  lines.every((line) => line.currency) ? lines : lines.map((line) => ({ ...line, currency }));

/** The order as events tell of it. */
export function toFact(order: Order): Whole<OrderFact> {
  const { id, number, customerId, totalMinor, currency } = order;
  return { orderId: id, number, customerId, lines: linesOf(order), totalMinor, currency };
}

/** The order as its sagas know it. */
export function toCheckout({ id, lines, totalMinor, currency, paymentMethod }: Order): Whole<Checkout> {
  return {
    orderId: id,
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    amountMinor: totalMinor,
    currency,
    paymentMethod,
  };
}
