import { expect, test } from '@jest/globals';
import { Money } from './money.ts';

test('an amount in GraphQL has its text', () => {
  expect(new Money(5, 'EUR').formatted).toBe('€0.05');
  expect(new Money(1250, 'JPY').formatted).toBe('JP¥1,250');
});
