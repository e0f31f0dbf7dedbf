import { describe, expect, it } from '@jest/globals';
import { isOrderNumber, orderNumber, serialOf } from './order-number.ts';

describe('an order number', () => {
  it('leads back to its order, however it is spelled', () => {
    expect(orderNumber(12)).toBe('CV-100012');
    for (const number of ['CV-100012', 'cv-100012'])
      expect([isOrderNumber(number), serialOf(number)]).toEqual([true, 12]);
  });

  it.each(['CV-12', 'CV-', '100012', 'CV-1000x2', 'CV-1000000000000000'])('is not %s', (text) => {
    expect(isOrderNumber(text)).toBe(false);
  });
});
