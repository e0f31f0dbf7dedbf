import {
  AuthorizePayment,
  CapturePayment,
  type FailureData,
  OrderCancelled,
  OrderConfirmed,
  OrderRejected,
  type OrderStatus,
  RefundPayment,
  ReleaseStock,
  ReserveStock,
  VoidPayment,
} from '@caravan/contracts';
import type { Cell, Deed, World } from '@caravan/saga/testing';
import { payment, type PaymentState, stock, type StockState } from '@caravan/testing/models';
import { SAGA } from '../src/checkout.saga.ts';
import { CancellationsService } from '../src/cancellations.service.ts';
import { PaymentChangesService } from '../src/payment-changes.service.ts';
import { OutcomesService } from '../src/outcomes.service.ts';
import { CANCELLED, COMPENSATED } from '../src/order.errors.ts';

/** As much of an order as its sagas decide on. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly cancelRequested: boolean;
  /** A refund failed after its cancellation began. */
  readonly owed: boolean;
}

type Move = { id: string; rejection?: FailureData | null };

/** One order in memory, in place of the repository; what the services do with it is their own code. */
class OrderShelf implements Cell<OrderState> {
  value: OrderState;

  constructor(status: OrderStatus) {
    this.value = { status, cancelRequested: false, owed: false };
  }

  async move(_tx: unknown, [move]: readonly Move[], to: OrderStatus, from: readonly OrderStatus[]) {
    if (!move || !from.includes(this.value.status)) return [];
    this.value = { ...this.value, status: to };
    return [this.order(move.id)];
  }

  async lock(_tx: unknown, id: string) {
    return this.order(id);
  }

  requestCancel() {
    this.value = { ...this.value, cancelRequested: true };
  }

  async withCancelRequested(_tx: unknown, [id]: readonly string[]) {
    const { status, cancelRequested } = this.value;
    const open = status === 'CONFIRMED' || status === 'NEEDS_ATTENTION';
    return id && cancelRequested && open ? [this.order(id)] : [];
  }

  async withFailedRefund(_tx: unknown, [id]: readonly string[]) {
    return id && this.value.owed ? [this.order(id)] : [];
  }

  private order(id: string) {
    const about = { number: '', customerId: '', lines: [], totalMinor: 1000, currency: 'EUR' };
    return { ...about, ...this.value, id, traceparent: '', paymentMethod: '', rejection: null };
  }
}

/** The order's side of its sagas for the explorer: the services themselves on one order in memory. */
export function ordersWorld(status: OrderStatus = 'PENDING') {
  const own = new OrderShelf(status);
  const waits = { tell: () => undefined };
  const outcomes = new OutcomesService(own as never, waits as never);
  const takeBack =
    (why: FailureData, insist: boolean): Deed =>
    (desk) =>
      desk.atHome((tx) =>
        new CancellationsService(own as never, desk as never).begin(tx, desk.id, why, { insist }),
      );
  const people: Record<string, Deed> = {
    'the customer cancels': takeBack(CANCELLED, false),
    'an operator takes the order back': takeBack(COMPENSATED, true),
    'an operator retries': async (desk) => {
      for (const type of [SAGA.cancellation, SAGA.checkout]) {
        if ((await desk.retry(undefined, type))?.again) return;
      }
      await desk.atHome(async (tx) => {
        const begun = await new CancellationsService(own as never, desk as never).beginAnew(tx, desk.id);
        if (begun) own.value = { ...own.value, owed: false };
      });
    },
    'the bank sends the refund back for good': (desk, world) => {
      const money = moneyOf(world);
      if (money.is !== 'REFUNDED' || money.bounced) return undefined;
      desk.happensTo(payment.refund.participant, { ...money, is: 'CAPTURED', refunds: 0, bounced: true });
      const data = { orderId: desk.id, what: 'refund-failed', detail: '', attention: true };
      return desk.atHome(async (tx) => {
        own.value = { ...own.value, owed: true };
        const work = {
          consume: (messages: unknown, take: (fresh: unknown, tx: never) => unknown) => take(messages, tx),
        };
        const changes = new PaymentChangesService(own as never, desk as never, waits as never, work as never);
        await changes.note([{ data }] as never);
      });
    },
  };
  return { own, outcomes, people };
}

/** Who hears the commands and events of the orders' sagas. */
export const participants = {
  [ReserveStock.type]: stock.reserve,
  [ReleaseStock.type]: stock.release,
  [AuthorizePayment.type]: payment.authorize,
  [CapturePayment.type]: payment.capture,
  [VoidPayment.type]: payment.void,
  [RefundPayment.type]: payment.refund,
  [OrderConfirmed.type]: stock.sell,
  [OrderRejected.type]: stock.giveBack,
  [OrderCancelled.type]: stock.giveBack,
};

const orderOf = (world: World) => world.own as OrderState;
const stockOf = (world: World) => world.participants['inventory'] as StockState;
const moneyOf = (world: World) => world.participants['payments'] as PaymentState;
const holdsStock = (world: World) => ['HELD', 'SOLD'].includes(stockOf(world).is);
const holdsMoney = (world: World) => ['AUTHORIZED', 'CAPTURED'].includes(moneyOf(world).is);
const isConfirmed = (world: World) => world.ran.includes('checkout: confirm');
const wasSent = ({ sent }: World, { type }: { type: string }) =>
  sent.some((message) => message.type === type);

/** What no order may come to. */
export const kept: Record<string, (world: World) => boolean> = {
  'money is taken twice': (w) => moneyOf(w).captures > 1,
  'money is given back twice': (w) => moneyOf(w).refunds > 1,
  'stock is returned twice': (w) => stockOf(w).returned > 1,
  'a cancellation returns the stock before the money': (w) =>
    'cancellation' in w.sagas && stockOf(w).returned > 0 && holdsMoney(w) && !moneyOf(w).bounced,
  'an order is over, and the shop has its money': (w) => isOver(w) && holdsMoney(w),
  'an order is over, and stock is held for it': (w) => isOver(w) && holdsStock(w),
  'a saga is stuck, and its order calls for no attention': (w) =>
    Object.values(w.sagas).some(({ stuck }) => stuck) && orderOf(w).status !== 'NEEDS_ATTENTION',
  'a cancellation is complete, and its order is neither cancelled nor looked after': (w) =>
    w.sagas['cancellation']?.state === 'completed' && !isOver(w) && !orderOf(w).owed,
  'an order is both confirmed and rejected': (w) => wasSent(w, OrderConfirmed) && wasSent(w, OrderRejected),
};

const isOver = (world: World) => ['REJECTED', 'CANCELLED'].includes(orderOf(world).status);

/** And no order that came through its checkout. */
export const never: typeof kept = {
  ...kept,
  'an order is confirmed without stock': (w) => isConfirmed(w) && !holdsStock(w) && stockOf(w).returned === 0,
  'an order is confirmed without money': (w) => isConfirmed(w) && moneyOf(w).authorizations === 0,
  'money is taken before the order is confirmed': (w) => moneyOf(w).captures > 0 && !isConfirmed(w),
  'money is let go behind the point of no return': (w) => isConfirmed(w) && wasSent(w, VoidPayment),
  'a checkout is rolled back with money or stock held': (w) =>
    w.sagas['checkout']!.state === 'rolled_back' && (holdsMoney(w) || holdsStock(w)),
  'a checkout is completed without the money': (w) =>
    w.sagas['checkout']!.state === 'completed' && !w.runs['checkout']!.givenUp && moneyOf(w).captures === 0,
  'a card that was declined is asked again and again': (w) =>
    w.sagas['checkout']!.state === 'running' &&
    w.sagas['checkout']!.attempt > 0 &&
    moneyOf(w).is === 'DECLINED',
  'a checkout is rolled back, and its order is not over': (w) =>
    w.sagas['checkout']!.state === 'rolled_back' && !isOver(w),
  'an order is rejected that its customer cancelled': (w) =>
    orderOf(w).status === 'REJECTED' && w.sagas['checkout']!.failure?.code === CANCELLED.code,
  'a sale is complete, and its order calls for attention without a reason': (w) =>
    w.sagas['checkout']!.state === 'completed' &&
    orderOf(w).status === 'NEEDS_ATTENTION' &&
    !('cancellation' in w.sagas) &&
    !orderOf(w).owed,
  'money is given back without a cancellation': (w) => moneyOf(w).refunds > 0 && !orderOf(w).cancelRequested,
};

/** The end that every order can come to: nothing is open, and order, stock and money agree. */
export function settled(world: World): boolean {
  const { status, cancelRequested } = orderOf(world);
  if (Object.values(world.sagas).some(({ dueInMs }) => dueInMs !== null)) return false;
  if (status === 'CONFIRMED')
    return !cancelRequested && stockOf(world).is === 'SOLD' && moneyOf(world).is === 'CAPTURED';
  return isOver(world) && !holdsStock(world) && !holdsMoney(world);
}

/** Staff look after such an order. */
export const called = (world: World): boolean => orderOf(world).status === 'NEEDS_ATTENTION';
