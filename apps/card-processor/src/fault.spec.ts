import { describe, expect, it } from '@jest/globals';
import { Faults, faultSet } from './fault.ts';

const faults = (rules: object[], seed = 1): Faults => {
  const made = new Faults();
  made.set(faultSet.parse({ seed, faults: rules }));
  return made;
};
const pattern = (rules: object[], seed?: number): string => {
  const made = faults(rules, seed);
  return Array.from({ length: 64 }, () => (made.plan('capture', 'o').before ? 'x' : '.')).join('');
};

describe('fault rules', () => {
  it('fire with their probability, the same for the same seed', () => {
    const half = [{ operation: 'capture', kind: 'error', probability: 0.5 }];
    expect(pattern(half)).toBe(pattern(half));
    expect(pattern(half)).not.toBe(pattern(half, 2));
    const fired = pattern(half).replaceAll('.', '').length;
    expect(fired).toBeGreaterThan(16);
    expect(fired).toBeLessThan(48);
  });

  it('fire at most count times, on their operation and order', () => {
    const made = faults([{ operation: 'capture', kind: 'error', status: 503, count: 1, orderId: 'o-1' }]);
    expect(made.plan('refund', 'o-1').before).toBeUndefined();
    expect(made.plan('capture', 'o-2').before).toBeUndefined();
    expect(made.plan('capture', 'o-1').before).toMatchObject({ status: 503 });
    expect(made.plan('capture', 'o-1').before).toBeUndefined();
    expect(made.describe()).toMatchObject({ faults: [{ fired: 1 }] });
  });

  it('add up: delays on both sides, one fate before and one after', () => {
    const made = faults([
      { operation: '*', kind: 'delay', delayMs: 5 },
      { operation: 'create', kind: 'delay', delayMs: 7, when: 'after' },
      { operation: 'create', kind: 'garbage' },
      { operation: 'create', kind: 'lost', when: 'before' },
    ]);
    expect(made.plan('create', null)).toMatchObject({
      delayBefore: 5,
      delayAfter: 7,
      after: { kind: 'garbage' },
      before: { kind: 'lost' },
    });
  });

  it('of webhooks say nothing about calls', () => {
    const made = faults([{ operation: 'webhook', kind: 'duplicate', event: 'charge.refunded' }]);
    expect(made.plan('refund', 'o').after).toBeUndefined();
    expect(made.planDelivery('charge.refunded', 'o').copies).toBe(2);
    expect(made.planDelivery('payment_intent.succeeded', 'o').copies).toBe(1);
  });
});
