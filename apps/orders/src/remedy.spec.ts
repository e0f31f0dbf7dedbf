import { describe, expect, it } from '@jest/globals';
import { remediesFor, type Standing } from './remedy.ts';

const checkout = (change: Partial<Standing>): Standing => ({
  type: 'checkout',
  state: 'completed',
  step: 'capture payment',
  stuck: false,
  waitsFor: null,
  dueAt: null,
  ...change,
});
const paused = { state: 'running', waitsFor: 'retry', dueAt: new Date('2026-01-01T10:20:30Z') } as const;
const cancellation = checkout({ type: 'cancellation', step: 'refund payment', ...paused });
const confirmed = { status: 'CONFIRMED', cancelRequested: false } as const;

describe('what an operator can do', () => {
  it('for an order on its way is to roll it back', () => {
    expect(
      remediesFor({ status: 'PENDING', cancelRequested: false }, [
        checkout({ state: 'running', step: 'reserve stock', waitsFor: 'answer' }),
      ]),
    ).toEqual([{ action: 'compensate', effect: 'rolls the checkout back' }]);
  });

  it('for a checkout that pauses is not to wait for the pause to end', () => {
    expect(remediesFor(confirmed, [checkout(paused)])).toEqual([
      {
        action: 'retry',
        effect: 'takes up "capture payment" of the checkout now instead of at 2026-01-01 10:20:30 UTC',
      },
      { action: 'compensate', effect: 'begins a cancellation as soon as "capture payment" is done' },
    ]);
  });

  it('for a stuck checkout is to give it up, even when a cancellation waits for it', () => {
    const stuck = checkout({ ...paused, stuck: true });
    expect(remediesFor({ status: 'NEEDS_ATTENTION', cancelRequested: true }, [stuck])[1]).toEqual({
      action: 'compensate',
      effect:
        'gives up "capture payment" and begins a cancellation that voids or refunds and returns the stock',
    });
  });

  it('for a confirmed order is to cancel it', () => {
    expect(remediesFor(confirmed, [checkout({})])).toEqual([
      { action: 'compensate', effect: 'begins a cancellation that refunds and returns the stock' },
    ]);
  });

  it('for an order whose cancellation pauses is to take that up', () => {
    expect(
      remediesFor({ ...confirmed, cancelRequested: true }, [checkout({}), cancellation]).map(
        ({ action }) => action,
      ),
    ).toEqual(['retry']);
  });

  it('for an order whose refund failed after its cancellation is to have the refund asked for again', () => {
    const ended = checkout({ type: 'cancellation', step: 'cancel order' });
    expect(
      remediesFor({ status: 'NEEDS_ATTENTION', cancelRequested: true }, [checkout({}), ended]).map(
        ({ action }) => action,
      ),
    ).toEqual(['retry']);
  });

  it.each(['REJECTED', 'CANCELLED'] as const)('for an order that is %s is nothing', (status) => {
    expect(remediesFor({ status, cancelRequested: false }, [checkout({ state: 'rolled_back' })])).toEqual([]);
  });
});
