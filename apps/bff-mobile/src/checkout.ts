import {
  InventoryFailure,
  outOfStockDetails,
  type Issue,
  type Order,
  PaymentsFailure,
  type PlaceOrderReply,
} from '@caravan/contracts';
import { failureText } from '@caravan/graphql';
import type { CheckoutOutcome } from './checkouts.types.ts';
import { messages } from './messages.ts';
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

/** Paths are those of the order draft; the phone's input names two of its fields differently. */
const spoken = ({ path, message }: Issue): string =>
  `${path.replace(/^lines/, 'items').replace(/^shippingAddress/, 'address')} ${message}`;

export function invalidCheckout(issues: readonly Issue[]): CheckoutOutcome {
  return outcome(false, 'INVALID', messages().check(issues.map(spoken).join('; ')));
}

/** What the orders service replied to a checkout, as the phone shows it. */
export function toCheckoutOutcome(reply: PlaceOrderReply): CheckoutOutcome {
  if (reply.outcome === 'invalid') return invalidCheckout(reply.issues);
  if (reply.outcome === 'conflict') return outcome(false, 'CONFLICT', messages().conflict);
  const { order } = reply;
  switch (order.status) {
    case 'CONFIRMED':
      return outcome(true, 'CONFIRMED', messages().confirmed, order);
    case 'PENDING':
      return outcome(true, 'PENDING', messages().pending, order);
    case 'NEEDS_ATTENTION':
      return outcome(true, 'PENDING', messages().attention, order);
    case 'CANCELLED':
      return outcome(false, 'CANCELLED', messages().wasCancelled, order);
    case 'REJECTED':
      return rejected(order);
  }
}

function rejected(order: Order): CheckoutOutcome {
  const { code = '', details } = order.rejection ?? {};
  const message = order.rejection ? failureText(order.rejection) : messages().rejected;
  if (code === InventoryFailure.outOfStock) {
    const short = outOfStockDetails.safeParse(details).data?.lines ?? [];
    const names = short.map(({ sku, available }) => {
      const name = order.lines.find((line) => line.sku === sku)?.name ?? sku;
      return available === 0 ? messages().soldOut(name) : messages().onlyLeft(available, name);
    });
    const text = names.length > 0 ? messages().sorry(names.join(', ')) : message;
    return outcome(false, 'OUT_OF_STOCK', text, order);
  }
  return outcome(false, code === PaymentsFailure.declined ? 'PAYMENT_DECLINED' : 'INVALID', message, order);
}

/** @param accepted whether the order is, or is going to be, cancelled */
export function toCancelOutcome(accepted: boolean, order: Order): CheckoutOutcome {
  if (!accepted) return outcome(false, 'NOT_CANCELLABLE', messages().notCancellable, order);
  const done = order.status === 'CANCELLED';
  return outcome(true, 'CANCELLED', done ? messages().cancelled : messages().cancelling, order);
}
