import type { Order as OrderData, OrderFact } from '@caravan/contracts';
import type { Checkout } from './checkout.saga.ts';
import type { Order } from './order.ts';

/** The order as others see it. */
export function toData(order: Order): OrderData {
  const {
    id,
    number,
    customerId,
    status,
    placedAt,
    lines,
    totalMinor,
    currency,
    shippingAddress,
    rejection,
  } = order;
  return {
    id,
    number,
    customerId,
    status,
    placedAt: placedAt.toISOString(),
    lines,
    totalMinor,
    currency,
    shippingAddress,
    rejection,
  };
}

/** The order as events tell of it. */
export function toFact({ id, number, customerId, lines, totalMinor, currency }: Order): OrderFact {
  return { orderId: id, number, customerId, lines, totalMinor, currency };
}

/** The order as its sagas know it. */
export function toCheckout({ id, lines, totalMinor, currency, paymentMethod }: Order): Checkout {
  return {
    orderId: id,
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    amountMinor: totalMinor,
    currency,
    paymentMethod,
  };
}
