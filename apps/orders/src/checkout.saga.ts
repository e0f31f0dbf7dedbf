import {
  AuthorizePayment,
  CapturePayment,
  type Line,
  RefundPayment,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import { ask, local, saga } from '@caravan/saga';
import type { OutcomesService } from './outcomes.service.ts';

/** What the steps' commands are made from: each takes the fields that its contract names. */
export interface Checkout {
  readonly orderId: string;
  readonly lines: Line[];
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod: string;
}

/**
 * How an order becomes a sale. Until it is confirmed, a refusal or silence takes everything back, last step first;
 * from then on there is only forward: the customer has our word, and the money is fetched however long it takes.
 */
export const checkout = (orders: OutcomesService) =>
  saga<Checkout>('checkout')
    .step('reserve stock', ask(ReserveStock).within('10s').undo(ReleaseStock))
    .step('authorize payment', ask(AuthorizePayment).within('30s').undo(VoidPayment))
    .step('confirm order', local(orders.confirm)) // point of no return
    .step('capture payment', ask(CapturePayment).retryUntilDone())
    .onRolledBack(local(orders.reject))
    .onStuck(local(orders.callForAttention))
    .onCompleted(local(orders.settle));

/** How a confirmed order is taken back: the money first, then the pieces. */
export const cancellation = (orders: OutcomesService) =>
  saga<Checkout>('cancellation')
    .step('refund payment', ask(RefundPayment).retryUntilDone())
    .step('return stock', ask(ReleaseStock).retryUntilDone())
    .step('cancel order', local(orders.cancel))
    .onStuck(local(orders.callForAttention));

export const SAGA = { checkout: 'checkout', cancellation: 'cancellation' } as const;
