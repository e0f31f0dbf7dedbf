import { describe, expect, it } from '@jest/globals';
import { explore } from '@caravan/saga/testing';
import { payment, stock } from '@caravan/testing/models';
import { called, kept, never, ordersWorld, participants, settled } from '../test/orders.world.ts';
import { cancellation, checkout } from './checkout.saga.ts';
import { RELEASED } from './released-sagas.ts';

describe('a checkout, and the cancellation of its order', () => {
  it('keeps its promises, whatever is lost, doubled, late or interfered with', async () => {
    const { own, outcomes, people } = ordersWorld();
    const sagas = [checkout(outcomes), cancellation(outcomes)];
    const explored = await explore(sagas, {
      ...{ participants, own, people, never, eventually: settled, called },
      reasks: 2,
      deploys: RELEASED,
    });
    expect(explored).toMatchObject({ complete: true });
    expect(explored.states).toBeGreaterThan(500);
  });
});

describe('a cancellation', () => {
  it('gives back the money and the stock of a confirmed order, however far the sale is', async () => {
    const { own, outcomes, people } = ordersWorld('CONFIRMED');
    const money = { is: 'CAPTURED', authorizations: 1, captures: 1, refunds: 0 };
    for (const is of ['HELD', 'SOLD']) {
      const begin = { [stock.release.participant]: { is, returned: 0 }, [payment.refund.participant]: money };
      const explored = await explore(cancellation(outcomes), {
        ...{ participants, own, begin, reasks: 3, never: kept },
        people: { retry: people['an operator retries']! },
        eventually: settled,
        called,
      });
      expect(explored).toMatchObject({ complete: true });
    }
  });
});
