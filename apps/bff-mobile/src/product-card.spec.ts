import { expect, test } from '@jest/globals';
import { stockLabel } from './product-card.ts';

test.each([
  [null, 'UNKNOWN'],
  [undefined, 'UNKNOWN'],
  [0, 'SOLD_OUT'],
  [1, 'FEW_LEFT'],
  [5, 'FEW_LEFT'],
  [6, 'IN_STOCK'],
] as const)('%p pieces: %s', (available, label) => {
  expect(stockLabel(available)).toBe(label);
});
