import {
  declinedDetails,
  InventoryFailure,
  outOfStockDetails,
  PaymentsFailure,
  type Issue,
  type PlaceOrderReply,
  type Order as PlacedOrder,
} from '@caravan/contracts';
import { failureText, messages } from '@caravan/graphql';
import type {
  IdempotencyConflict,
  InvalidOrder,
  NotCancellable,
  OutOfStock,
  PaymentDeclined,
} from './checkouts.types.ts';
import { toOrder } from './order.ts';

type As<Name extends string, T> = T & { readonly __typename: Name };
export type PlaceOrderAnswer =
  | ReturnType<typeof toOrder>
  | As<'OutOfStock', OutOfStock>
  | As<'PaymentDeclined', PaymentDeclined>
  | As<'InvalidOrder', InvalidOrder>
  | As<'IdempotencyConflict', IdempotencyConflict>;
export type CancelOrderAnswer = ReturnType<typeof toOrder> | As<'NotCancellable', NotCancellable>;

export function invalidOrder(issues: Issue[]): As<'InvalidOrder', InvalidOrder> {
  return { __typename: 'InvalidOrder', message: messages().invalidOrder, issues };
}

/** What the orders service replied, as the member of PlaceOrderResult that says it. */
export function toPlaceOrderAnswer(reply: PlaceOrderReply): PlaceOrderAnswer {
  switch (reply.outcome) {
    case 'placed':
      return rejected(reply.order) ?? toOrder(reply.order);
    case 'invalid':
      return invalidOrder(reply.issues);
    case 'conflict':
      return {
        __typename: 'IdempotencyConflict',
        message: messages().keyUsed,
      };
  }
}

/** Failures of the payment that the client's input is to blame for, by code: the field. */
const INVALID_INPUT: Readonly<Record<string, string>> = {
  [PaymentsFailure.invalidMethod]: 'paymentMethod',
  [PaymentsFailure.invalidAmount]: 'lines',
};

function rejected(order: PlacedOrder): PlaceOrderAnswer | undefined {
  if (order.status !== 'REJECTED' || !order.rejection) return undefined;
  const { code, details } = order.rejection;
  const message = failureText(order.rejection);
  if (code === InventoryFailure.outOfStock) {
    const lines = outOfStockDetails.safeParse(details).data?.lines ?? [];
    return { __typename: 'OutOfStock', message, orderId: order.id, lines };
  }
  if (code === PaymentsFailure.declined) {
    const reason = declinedDetails.safeParse(details).data?.code ?? 'card_declined';
    return { __typename: 'PaymentDeclined', message, orderId: order.id, code: reason };
  }
  const path = INVALID_INPUT[code];
  return path === undefined ? undefined : invalidOrder([{ path, message }]);
}

export function notCancellable(order: PlacedOrder): CancelOrderAnswer {
  const message = `An order that is ${order.status} cannot be cancelled.`;
  return { __typename: 'NotCancellable', message, status: order.status };
}
