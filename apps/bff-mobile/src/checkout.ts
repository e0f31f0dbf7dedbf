import {
  InventoryFailure,
  outOfStockDetails,
  type Issue,
  type Order,
  type OrderStatus,
  type PlaceOrderReply,
} from '@caravan/contracts';
import type { CheckoutOutcome } from './checkouts.types.ts';
import { toBadge } from './order-screen.ts';

export const CheckoutCode = {
  CONFIRMED: 'CONFIRMED',
  PENDING: 'PENDING',
  OUT_OF_STOCK: 'OUT_OF_STOCK',
  PAYMENT_DECLINED: 'PAYMENT_DECLINED',
  INVALID: 'INVALID',
  CONFLICT: 'CONFLICT',
  CANCELLED: 'CANCELLED',
  NOT_CANCELLABLE: 'NOT_CANCELLABLE',
} as const;
export type CheckoutCode = keyof typeof CheckoutCode;

const outcome = (ok: boolean, code: CheckoutCode, message: string, order?: Order): CheckoutOutcome => ({
  ok,
  code,
  message,
  order: order ? toBadge(order) : null,
});

/** The paths are ours, the words of the phone's input differ in two places. */
const spoken = ({ path, message }: Issue): string =>
  `${path.replace(/^lines/, 'items').replace(/^shippingAddress/, 'address')} ${message}`;

export function invalidCheckout(issues: readonly Issue[]): CheckoutOutcome {
  return outcome(false, 'INVALID', `Please check: ${issues.map(spoken).join('; ')}`);
}

const PLACED: Record<Exclude<OrderStatus, 'REJECTED'>, (order: Order) => CheckoutOutcome> = {
  CONFIRMED: (order) => outcome(true, 'CONFIRMED', 'Thank you, your order is confirmed.', order),
  PENDING: (order) => outcome(true, 'PENDING', 'We have your order and are working on it.', order),
  NEEDS_ATTENTION: (order) =>
    outcome(true, 'PENDING', 'We have your order; a person is looking at it.', order),
  CANCELLED: (order) => outcome(false, 'CANCELLED', 'This order was cancelled.', order),
};

/** What the orders service replied to a checkout, as the phone shows it. */
export function toCheckoutOutcome(reply: PlaceOrderReply): CheckoutOutcome {
  if (reply.outcome === 'invalid') return invalidCheckout(reply.issues);
  if (reply.outcome === 'conflict') {
    return outcome(false, 'CONFLICT', 'This checkout was already used for another order. Start a new one.');
  }
  const { order } = reply;
  return order.status === 'REJECTED' ? rejected(order) : PLACED[order.status](order);
}

function rejected(order: Order): CheckoutOutcome {
  const { code = '', message = 'The order could not be accepted.', details } = order.rejection ?? {};
  if (code === InventoryFailure.outOfStock) {
    const short = outOfStockDetails.safeParse(details).data?.lines ?? [];
    const names = short.map(({ sku, available }) => {
      const name = order.lines.find((line) => line.sku === sku)?.name ?? sku;
      return available === 0 ? `${name} is sold out` : `only ${available} × ${name} left`;
    });
    return outcome(false, 'OUT_OF_STOCK', names.length > 0 ? `Sorry, ${names.join(', ')}.` : message, order);
  }
  return outcome(false, code.startsWith('payments.') ? 'PAYMENT_DECLINED' : 'INVALID', message, order);
}

/** @param accepted whether the order is, or is going to be, cancelled */
export function toCancelOutcome(accepted: boolean, order: Order): CheckoutOutcome {
  if (!accepted) return outcome(false, 'NOT_CANCELLABLE', 'This order can no longer be cancelled.', order);
  const done = order.status === 'CANCELLED';
  return outcome(
    true,
    'CANCELLED',
    done ? 'The order is cancelled.' : 'The order is being cancelled.',
    order,
  );
}
