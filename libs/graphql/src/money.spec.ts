import { expect, test } from '@jest/globals';
import { formatMoney, Money } from './money.ts';

test('money as people write it', () => {
  expect(formatMoney(1250, 'EUR')).toBe('€12.50');
  expect(formatMoney(123_456_789, 'EUR')).toBe('€1,234,567.89');
  expect(formatMoney(0, 'EUR')).toBe('€0.00');
  expect(formatMoney(1250, 'JPY')).toBe('JP¥1,250');
  expect(new Money(5, 'EUR').formatted).toBe('€0.05');
});
