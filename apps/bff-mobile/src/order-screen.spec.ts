import { paymentStatus, type Payment } from '@caravan/contracts';
import { expect, test } from '@jest/globals';
import { order, payment } from '../../../libs/graphql/test/answers.ts';
import { paymentLabel, progressOf, titleOf, toScreen } from './order-screen.ts';

const [line] = order().lines;

test('a title says what was bought', () => {
  expect(titleOf(order())).toBe('Enamel mug');
  expect(titleOf(order({ lines: [line!, line!, line!] }))).toBe('Enamel mug and 2 more');
  expect(titleOf(order({ lines: [] }))).toBe('C-1001');
});

test('every payment has a label', () => {
  const labelOf = (changes: Partial<Payment>) => paymentLabel({ ...payment, ...changes });
  for (const status of paymentStatus.options) expect(labelOf({ status })).not.toBe('');
  expect(labelOf({ status: 'REFUNDED', refundedMinor: 2500 })).toBe('Refunded €25.00');
  expect(labelOf({ status: 'CAPTURED', amountMinor: 2500, refundedMinor: 500 })).toBe(
    'Paid €25.00, €5.00 refunded',
  );
  const dispute = {
    status: 'needs_response',
    reason: 'fraudulent',
    amountMinor: 2500,
    currency: 'EUR',
    openedAt: '2026-01-01T00:00:00.000Z',
    closedAt: null,
  };
  const paid = { status: 'CAPTURED', amountMinor: 2500, refundedMinor: 0 } as const;
  expect(labelOf({ ...paid, dispute })).toBe('Paid €25.00, disputed at your bank');
  const closed = { ...dispute, status: 'won', closedAt: '2026-02-01T00:00:00.000Z' };
  expect(labelOf({ ...paid, dispute: closed })).toBe('Paid €25.00, dispute won');
  expect(paymentLabel(null)).toBe('Nothing was charged');
});

test('an order that costs nothing does not talk of cards', () => {
  expect(paymentLabel({ ...payment, amountMinor: 0 })).toBe('Nothing to pay');
  const steps = ['reserve stock', 'authorize payment', 'confirm order', 'capture payment'];
  const entries = steps.map((step) => ({
    at: '',
    step,
    outcome: 'done' as const,
    detail: null,
    traceId: null,
  }));
  expect(progressOf(entries)).toHaveLength(4);
  expect(progressOf(entries, true)).toEqual(['Your items are set aside', 'Your order is confirmed']);
});

test('what can be cancelled', () => {
  const can = (['PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'] as const).filter(
    (status) => toScreen(order({ status })).canCancel,
  );
  expect(can).toEqual(['PENDING', 'CONFIRMED', 'NEEDS_ATTENTION']);
});
