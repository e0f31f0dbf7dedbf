import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  allContracts,
  decimalsOf,
  formatMoney,
  isChargeable,
  maximumCharge,
  minimumCharge,
  Money,
} from './index.ts';

const plain = (text: string) => text.replace(/\s/g, ' ');

describe('money', () => {
  it('adds up in one currency only', () => {
    expect(new Money(150, 'EUR').plus(new Money(50, 'EUR'))).toEqual(new Money(200, 'EUR'));
    expect(() => new Money(150, 'EUR').plus(new Money(50, 'JPY'))).toThrow('EUR and JPY do not add up');
    expect(() => Money.sum([new Money(0, 'EUR'), new Money(0, 'USD')])).toThrow('do not add up');
  });

  it('is the sum of a list that is not empty', () => {
    expect(Money.sum([new Money(1, 'KWD'), { amountMinor: 2, currency: 'KWD' }])).toEqual(
      new Money(3, 'KWD'),
    );
    expect(() => Money.sum([])).toThrow('no currency');
  });

  it.each([1.5, -1, NaN, Infinity, 2 ** 53])('is not %d minor units', (amount) => {
    expect(() => new Money(amount, 'EUR')).toThrow(RangeError);
  });

  it.each(['eur', 'EU', 'EURO', ''])('has no currency "%s"', (code) => {
    expect(() => new Money(1, code)).toThrow(RangeError);
  });

  it('does not grow past what a number can hold', () => {
    expect(() => new Money(Number.MAX_SAFE_INTEGER, 'EUR').times(2)).toThrow(RangeError);
  });
});

describe('money in words', () => {
  it.each([
    [0, 'EUR', '€0.00'],
    [5, 'EUR', '€0.05'],
    [123_456_789, 'EUR', '€1,234,567.89'],
    [9_999_999_900, 'EUR', '€99,999,999.00'],
    [1_250, 'JPY', 'JP¥1,250'],
    [1_250, 'KWD', 'KWD 1.250'],
    [17_500, 'HUF', 'HUF 175.00'],
    [1_250, 'IDR', 'IDR 12.50'],
    [1_250, 'XYZ', 'XYZ 12.50'],
  ])('%d minor units of %s are %s', (amountMinor, currency, text) => {
    expect(plain(formatMoney({ amountMinor, currency }))).toBe(text);
  });

  it('is written as a locale does', () => {
    expect(plain(formatMoney({ amountMinor: 123_450, currency: 'EUR' }, 'de'))).toBe('1.234,50 €');
  });
});

describe('what a card can be charged', () => {
  it.each([
    ['EUR', 50],
    ['GBP', 30],
    ['JPY', 50],
    ['HUF', 17_500],
    ['KWD', 50],
  ])('is at least so much in %s', (currency, least) => {
    expect(minimumCharge(currency)).toEqual(new Money(least, currency));
    expect(maximumCharge(currency).amountMinor).toBe(99_999_999);
  });

  it('is never in a currency whose minor units the processor counts otherwise', () => {
    const others = ['ISK', 'UGX', 'MGA'];
    expect(others.filter(isChargeable)).toEqual([]);
    expect(['EUR', 'USD', 'JPY', 'KWD'].every(isChargeable)).toBe(true);
    expect(['XXX', 'XTS', 'ZZZ'].some(isChargeable)).toBe(false);
    expect(decimalsOf('ISK')).toBe(0);
  });
});

/** Every object in a schema, however deep. */
function objectsIn(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: Record<string, unknown> };
  const own = properties ? [properties] : [];
  return [...own, ...Object.values(schema).flatMap(objectsIn)];
}

describe('an amount on the wire', () => {
  it.each(allContracts().map((contract) => [contract.type, contract] as const))(
    'has its currency beside it in %s',
    (_, { data, reply }) => {
      const shapes = [data, reply].map((shape) => z.toJSONSchema(shape, { unrepresentable: 'any' }));
      const bare = objectsIn(shapes).filter(
        (fields) => Object.keys(fields).some((name) => /minor$/i.test(name)) && !('currency' in fields),
      );
      expect(bare.map((fields) => Object.keys(fields))).toEqual([]);
    },
  );
});
