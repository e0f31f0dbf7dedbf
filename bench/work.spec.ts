import { describe, expect, it } from '@jest/globals';
import { checkouts, DECLINED_CARD, productList } from './work.ts';

interface Sent {
  variables: { input: { idempotencyKey: string; lines: { sku: string }[]; paymentMethod: string } };
}

describe('the orders of the bench', () => {
  const skus = Array.from({ length: 40 }, (_, n) => `sku-${n}`);
  const { bodies, outcomes } = checkouts(skus, ['Bearer x']);
  const inputs = bodies.map(({ head, tail }) => (JSON.parse(`${head}k1${tail}`) as Sent).variables.input);

  it('take a key in their middle', () => expect(inputs[0]?.idempotencyKey).toBe('k1'));

  it('have three lines of different products', () => {
    for (const { lines } of inputs) expect(new Set(lines.map(({ sku }) => sku)).size).toBe(3);
  });

  it('pay with a declined card one time in ten, and say so', () => {
    const declined = inputs.filter(({ paymentMethod }) => paymentMethod === DECLINED_CARD);
    expect(declined.length).toBe(inputs.length / 10);
    inputs.forEach(({ paymentMethod }, n) =>
      expect(bodies[n]?.due).toBe(paymentMethod === DECLINED_CARD ? 'PaymentDeclined' : 'CONFIRMED'),
    );
  });

  it('use all products about equally', () => {
    const uses = new Map<string, number>();
    for (const { sku } of inputs.flatMap(({ lines }) => lines)) uses.set(sku, (uses.get(sku) ?? 0) + 1);
    expect(uses.size).toBe(40);
    expect(Math.max(...uses.values())).toBeLessThan(2 * Math.min(...uses.values()));
  });

  const outcomeOf = (text: string) =>
    outcomes.map((source) => new RegExp(source).exec(text)?.[1]).find((found) => found !== undefined);

  it.each([
    ['{"data":{"placeOrder":{"__typename":"Order","id":"1","status":"CONFIRMED"}}}', 'CONFIRMED'],
    ['{"data":{"placeOrder":{"__typename":"Order","id":"1","status":"PENDING"}}}', 'PENDING'],
    ['{"data":{"placeOrder":{"__typename":"PaymentDeclined","code":"x"}}}', 'PaymentDeclined'],
    ['{"errors":[{"message":"m","extensions":{"code":"UNAVAILABLE"}}]}', 'UNAVAILABLE'],
  ])('outcome of %s', (text, outcome) => expect(outcomeOf(text)).toBe(outcome));
});

it('the product list needs no key and no token', () => {
  expect(productList().authorizations).toEqual([]);
  expect(JSON.parse(productList().bodies[0]!.head)).toHaveProperty('query');
});
