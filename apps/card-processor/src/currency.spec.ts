import { expect, it } from '@jest/globals';
import { isCurrency, minimumOf, stepOf, written } from './currency.ts';

it.each([
  ['eur', 50, 1, '0.50 eur'],
  ['usd', 50, 1, '0.50 usd'],
  ['gbp', 30, 1, '0.30 gbp'],
  ['jpy', 50, 1, '50 jpy'],
  ['huf', 17_500, 1, '175.00 huf'],
  ['kwd', 50, 10, '0.050 kwd'],
  ['isk', 50, 100, '0.50 isk'],
])('%s: at least %i, in steps of %i, written as %s', (code, minimum, step, text) => {
  expect(isCurrency(code)).toBe(true);
  expect(minimumOf(code)).toBe(minimum);
  expect(stepOf(code)).toBe(step);
  expect(written(minimum, code)).toBe(text);
});

it('does not know what is no currency', () => {
  for (const code of ['eux', 'euro', 'btc', '', 'constructor']) expect(isCurrency(code)).toBe(false);
});
