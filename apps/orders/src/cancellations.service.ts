import { Injectable } from '@nestjs/common';
import type { FailureData } from '@caravan/contracts';
import type { Tx } from '@caravan/outbox';
import { SagaRunner } from '@caravan/saga';
import { SAGA } from './checkout.saga.ts';
import type { Order } from './order.ts';
import { toCheckout } from './orders.mapping.ts';
import { OrdersRepository } from './orders.repository.ts';

export interface Cancellation {
  /** The order as it was found. */
  readonly order: Order;
  /** `refund failed`: nothing was begun, for its cancellation has ended, and its refund failed afterwards. */
  readonly begun: 'roll-back' | 'cancellation' | 'cancellation after capture' | 'nothing' | 'refund failed';
}

/** How an order is taken back, whoever wants it. */
@Injectable()
export class CancellationsService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly sagas: SagaRunner,
  ) {}

  /**
   * Begins whatever takes the order back.
   * @param insist do not wait for a checkout that cannot get its money, but give it up
   * @returns undefined when there is no such order
   */
  async begin(
    tx: Tx,
    id: string,
    why: FailureData,
    { insist = false } = {},
  ): Promise<Cancellation | undefined> {
    // The saga's row is locked first, as its runner does, then the order's.
    const checkout = await this.sagas.cancel(tx, SAGA.checkout, id, why);
    const givenUp = insist && (await this.sagas.giveUp(tx, SAGA.checkout, id, why));
    const order = await this.orders.lock(tx, id);
    if (!order) return undefined;
    if (checkout === 'rolling-back') return { order, begun: 'roll-back' };
    const confirmed = order.status === 'CONFIRMED' || order.status === 'NEEDS_ATTENTION';
    if (!confirmed || checkout === 'undoing') return { order, begun: 'nothing' };
    if (order.cancelRequested && !givenUp) {
      const owed = order.status === 'NEEDS_ATTENTION' && (await this.hasEnded(tx, id));
      return { order, begun: owed ? 'refund failed' : 'nothing' };
    }
    this.orders.requestCancel(tx, id);
    // While the money is still being fetched, the end of the checkout begins the cancellation.
    if (checkout === 'running' && !givenUp) return { order, begun: 'cancellation after capture' };
    await this.sagas.start(tx, SAGA.cancellation, [
      { id, data: toCheckout(order), traceparent: order.traceparent },
    ]);
    return { order, begun: 'cancellation' };
  }

  /**
   * Begins an ended cancellation anew when its refund failed afterwards. Payments decides by its own state whether it refunds.
   * @returns whether it did
   */
  async beginAnew(tx: Tx, id: string): Promise<boolean> {
    const order = await this.orders.lock(tx, id);
    if (order?.status !== 'NEEDS_ATTENTION') return false;
    return this.sagas.restart(tx, SAGA.cancellation, id);
  }

  private async hasEnded(tx: Tx, id: string): Promise<boolean> {
    return (await this.sagas.stateOf(tx, SAGA.cancellation, id)) === 'completed';
  }
}
