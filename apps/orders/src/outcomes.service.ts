import { Injectable } from '@nestjs/common';
import { OrderCancelled, OrderConfirmed, OrderRejected } from '@caravan/contracts';
import type { Tx } from '@caravan/outbox';
import type { LocalEffect, SagaView } from '@caravan/saga';
import { type Checkout, SAGA } from './checkout.saga.ts';
import type { Order } from './order.ts';
import { CANCELLED } from './order.errors.ts';
import { toCheckout, toFact } from './orders.mapping.ts';
import { OrdersRepository } from './orders.repository.ts';
import { WaitsService } from './waits.service.ts';

type Effect = LocalEffect<Checkout>;

/** What a checkout or a cancellation does to its orders when it gets somewhere; each for a batch, in the saga's transaction. */
@Injectable()
export class OutcomesService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly waits: WaitsService,
  ) {}

  readonly confirm: Effect = async (sagas, tx) => {
    const confirmed = await this.orders.move(tx, sagas, 'CONFIRMED', ['PENDING']);
    for (const order of confirmed) tx.publish(OrderConfirmed, toFact(order), order);
    this.tell(tx, confirmed);
  };

  /** A checkout was taken back: by the customer, or because somebody refused. */
  readonly reject: Effect = async (sagas, tx) => {
    const mine = (saga: SagaView<Checkout>) => saga.failure?.code === CANCELLED.code;
    const open = ['PENDING', 'NEEDS_ATTENTION'] as const;
    const cancelled = await this.orders.move(tx, sagas.filter(mine), 'CANCELLED', open);
    const refusals = sagas
      .filter((saga) => !mine(saga))
      .map(({ id, failure }) => ({ id, rejection: failure }));
    const rejected = await this.orders.move(tx, refusals, 'REJECTED', open);
    for (const order of cancelled) tx.publish(OrderCancelled, toFact(order), order);
    for (const order of rejected)
      tx.publish(OrderRejected, { ...toFact(order), reason: order.rejection! }, order);
    this.tell(tx, [...cancelled, ...rejected]);
  };

  /** Something that must be done has failed many times; it goes on being tried, and somebody should look. */
  readonly callForAttention: Effect = async (sagas, tx) => {
    this.tell(tx, await this.orders.move(tx, sagas, 'NEEDS_ATTENTION', ['PENDING', 'CONFIRMED']));
  };

  /** The money is there. A cancellation that came while it was fetched begins now. */
  readonly settle: Effect = async (sagas, tx, runner) => {
    const ids = sagas.map((saga) => saga.id);
    const [, unwanted] = await Promise.all([
      this.orders.move(tx, sagas, 'CONFIRMED', ['NEEDS_ATTENTION']),
      this.orders.withCancelRequested(tx, ids),
    ]);
    await runner.start(
      tx,
      SAGA.cancellation,
      unwanted.map((order) => ({ id: order.id, data: toCheckout(order), traceparent: order.traceparent })),
    );
  };

  readonly cancel: Effect = async (sagas, tx) => {
    const moved = await this.orders.move(tx, sagas, 'CANCELLED', ['CONFIRMED', 'NEEDS_ATTENTION']);
    // The refund was accepted, but the bank may have sent it back before the stock was returned.
    const ids = moved.map(({ id }) => id);
    const owed = ids.length > 0 ? await this.orders.withFailedRefund(tx, ids) : [];
    const unpaid = await this.orders.move(tx, owed, 'NEEDS_ATTENTION', ['CANCELLED']);
    const cancelled = moved.filter(({ id }) => !owed.some((order) => order.id === id));
    this.tell(tx, unpaid);
    for (const order of cancelled) tx.publish(OrderCancelled, toFact(order), order);
    this.tell(tx, cancelled);
  };

  private tell(tx: Tx, orders: Order[]): void {
    tx.afterCommit(() => this.waits.tell(orders));
  }
}
