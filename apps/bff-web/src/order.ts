import type { Order as PlacedOrder, Payment as PlacedPayment } from '@caravan/contracts';
import { failureText, Money } from '@caravan/graphql';
import type { Order, Payment } from './orders.types.ts';

/** An order as the web shows it; `typename` tells it apart in unions. */
export function toOrder(order: PlacedOrder): Order & { readonly __typename: 'Order' } {
  const money = (amountMinor: number, currency = order.currency) => new Money(amountMinor, currency);
  return {
    __typename: 'Order',
    id: order.id,
    number: order.number,
    status: order.status,
    placedAt: order.placedAt,
    lines: order.lines.map(({ sku, name, quantity, unitPriceMinor, totalMinor, currency }) => ({
      sku,
      name,
      quantity,
      unitPrice: money(unitPriceMinor, currency),
      total: money(totalMinor, currency),
    })),
    total: money(order.totalMinor),
    shippingAddress: order.shippingAddress,
    rejection: order.rejection && { code: order.rejection.code, message: failureText(order.rejection) },
  };
}

/** A payment as the web shows it. */
export function toPayment(payment: PlacedPayment): Payment {
  const { dispute } = payment;
  return {
    status: payment.status,
    amount: new Money(payment.amountMinor, payment.currency),
    refunded: new Money(payment.refundedMinor, payment.currency),
    method: payment.method,
    dispute: dispute
      ? {
          status: dispute.status,
          reason: dispute.reason,
          amount: new Money(dispute.amountMinor, dispute.currency),
          openedAt: dispute.openedAt,
          closedAt: dispute.closedAt,
        }
      : null,
  };
}
