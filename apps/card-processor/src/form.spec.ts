import { describe, expect, it } from '@jest/globals';
import { Form } from './form.ts';

describe('form parameters', () => {
  it('reads what the SDK sends', () => {
    const form = new Form(
      'amount=4999&confirm=true&metadata[order_id]=a%20b&metadata%5Bx%5D=%C3%A9&description=',
    );
    expect(form.amount('amount')).toBe(4999);
    expect(form.flag('confirm')).toBe(true);
    expect(form.metadata()).toEqual({ order_id: 'a b', x: 'é' });
    expect(form.text('description')).toBeUndefined();
  });

  it.each([
    ['amount=0', /greater than or equal to 1/],
    ['amount=-5', /greater than or equal to 1/],
    ['amount=1.5', /Invalid integer/],
    ['amount=1e3', /Invalid integer/],
    ['amount=100000000', /no more than/],
  ])('refuses %s', (source, message) => {
    expect(() => new Form(source).amount('amount')).toThrow(message);
  });

  it('refuses what the call does not have', () => {
    expect(() => new Form('amount=1&amuont=1').allow(new Set(['amount']))).toThrow(
      /unknown parameter: amuont/,
    );
    expect(() => new Form('metadata[a]=1').allow(new Set(['metadata']))).not.toThrow();
  });

  it('has one fingerprint for the same parameters in any order, another for another address or value', () => {
    const print = new Form('a=1&b=2').print('/v1/x');
    expect(new Form('b=2&a=1').print('/v1/x')).toBe(print);
    expect(new Form('a=1&b=3').print('/v1/x')).not.toBe(print);
    expect(new Form('a=1&b=2').print('/v1/y')).not.toBe(print);
  });
});
