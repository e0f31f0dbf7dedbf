import { Injectable } from '@nestjs/common';
import type { Operation, OperationVerdict } from '@caravan/contracts';
import { OperatorActions, type Tx, UnitOfWork } from '@caravan/outbox';
import { type Retried, SagaRunner } from '@caravan/saga';
import { type Cancellation, CancellationsService } from './cancellations.service.ts';
import { SAGA } from './checkout.saga.ts';
import type { Order } from './order.ts';
import { COMPENSATED } from './order.errors.ts';
import { OrdersRepository } from './orders.repository.ts';

type Act = (tx: Tx, order: Order) => Promise<OperationVerdict>;

const done = (message: string): OperationVerdict => ({ outcome: 'done', message });
const refused = (message: string): OperationVerdict => ({ outcome: 'refused', message });

/** What operators do with orders; each deed stands in the audit trail, in its own transaction, the refused ones as well. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly cancellations: CancellationsService,
    private readonly actions: OperatorActions,
    private readonly sagas: SagaRunner,
    private readonly work: UnitOfWork,
  ) {}

  retry(operation: Operation): Promise<OperationVerdict> {
    return this.recorded('retry', operation, async (tx, { id }) => {
      let last: Retried | undefined;
      for (const type of [SAGA.cancellation, SAGA.checkout]) {
        const retried = await this.sagas.retry(tx, type, id);
        if (retried?.again) return done(`"${retried.step}" of the ${type} was taken up again.`);
        if (retried?.waitMs) return refused(stillWaits(retried.step, retried.waitMs));
        last ??= retried;
      }
      if (await this.cancellations.beginAnew(tx, id))
        return done('The refund is asked for again; the order is CANCELLED when it succeeds.');
      return refused(`Nothing of this order is open${last ? `: its last saga is ${inWords(last)}` : ''}.`);
    });
  }

  rollBack(operation: Operation): Promise<OperationVerdict> {
    return this.recorded('compensate', operation, async (tx, { id }) =>
      tell((await this.cancellations.begin(tx, id, COMPENSATED, { insist: true }))!),
    );
  }

  private async recorded(
    action: 'retry' | 'compensate',
    { order: reference, by, reason }: Operation,
    act: Act,
  ): Promise<OperationVerdict> {
    const order = await this.orders.findByReference(reference);
    if (!order) return { outcome: 'not-found', message: `There is no order ${reference}.` };
    return this.work.run(async (tx) => {
      const { outcome, message } = await act(tx, order);
      const deed = { action, subject: order.id, about: order.number, by, reason, message };
      await this.actions.record(tx, [{ ...deed, outcome: outcome === 'done' ? 'done' : 'refused' }]);
      return { outcome, message };
    });
  }
}

const inWords = ({ state }: Retried): string => state.replace('_', ' ');

const stillWaits = (step: string, ms: number): string =>
  `The answer to "${step}" is awaited for ${Math.ceil(ms / 1_000)} s more; after that it goes on by itself.`;

function tell({ order, begun }: Cancellation): OperationVerdict {
  switch (begun) {
    case 'roll-back':
      return done('The checkout was before its point of no return: it is being rolled back.');
    case 'cancellation':
      return done('A cancellation was begun: it gives the money back and returns the stock.');
    case 'cancellation after capture':
      return done('The money is still being fetched: the cancellation begins as soon as it is there.');
    case 'refund failed':
      return refused('The cancellation has ended, but its refund failed: "retry" asks for the refund again.');
    case 'nothing':
      if (order.status === 'REJECTED' || order.status === 'CANCELLED')
        return refused(`The order is ${order.status}: there is nothing left to take back.`);
      return refused(
        order.cancelRequested
          ? 'The cancellation of this order is under way already.'
          : 'The checkout is being rolled back already.',
      );
  }
}
