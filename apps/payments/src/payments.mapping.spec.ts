import { expect, it } from '@jest/globals';
import { unknown } from './outcome.ts';
import { Payment } from './payment.ts';
import { rowOf } from './payments.mapping.ts';

const pending = () =>
  Payment.pending('o1', { amountMinor: 1999, currency: 'EUR', method: 'pm_card_visa' }, 'm1');

it.each([0.1, 1 / 3, 14_804.381_000_000_001, 59_999.999])(
  'a row has whole numbers, whatever the pause: %d',
  (ms) => {
    const payment = pending();
    payment.operationAgeMs = ms;
    payment.settle(unknown('429', { spent: true, retryAfterMs: ms }));
    expect(Number.isInteger((rowOf(payment) as { dueInMs: number }).dueInMs)).toBe(true);
  },
);

it.each(['\0', '\ud83d', 'a\0b\udc00', `${'x'.repeat(299)}😀`])(
  'a row has storable text, whatever was said: %j',
  (text) => {
    const payment = pending();
    payment.settle(unknown(text));
    payment.declineCode = text;
    const { trouble, declineCode } = rowOf(payment) as Record<string, string>;
    for (const kept of [trouble!, declineCode!]) {
      expect(kept.isWellFormed()).toBe(true);
      expect(kept).not.toContain('\0');
    }
  },
);
