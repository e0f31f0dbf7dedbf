import { describe, expect, it } from '@jest/globals';
import { type Canon, fingerprintOf, isRepeat } from './fingerprint.ts';
import type { OrderRequest } from './order.ts';

const request: OrderRequest = {
  customerId: 'c',
  idempotencyKey: 'k',
  lines: [
    { sku: 'A', quantity: 2 },
    { sku: 'B', quantity: 1 },
  ],
  paymentMethod: 'pm_card_visa',
  shippingAddress: { name: 'Ada', line1: 'Street 1', city: 'London', postalCode: 'SW1', country: 'GB' },
};

describe('the fingerprint of a request', () => {
  it('is the same for the same wish in other words', () => {
    const same: OrderRequest = {
      ...request,
      lines: [
        { sku: 'B', quantity: 1 },
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 1 },
      ],
      shippingAddress: { ...request.shippingAddress, line2: null },
    };
    expect(fingerprintOf(same)).toBe(fingerprintOf(request));
  });

  it.each<[string, Partial<OrderRequest>]>([
    [
      'another quantity',
      {
        lines: [
          { sku: 'A', quantity: 3 },
          { sku: 'B', quantity: 1 },
        ],
      },
    ],
    ['another card', { paymentMethod: 'pm_card_mastercard' }],
    ['another street', { shippingAddress: { ...request.shippingAddress, line1: 'Street 2' } }],
  ])('is another for %s', (_, change) => {
    expect(fingerprintOf({ ...request, ...change })).not.toBe(fingerprintOf(request));
    expect(isRepeat(fingerprintOf(request), { ...request, ...change })).toBe(false);
  });

  it('is what the releases before versions stored: their keys stay known', () => {
    expect(fingerprintOf(request)).toBe('M4WWsKAHtmkggK4W0NScLc6W7yGRswj2S9U5xewBXao');
  });
});

describe('a fingerprint whose fields were appended to', () => {
  const v1: Canon = ({ paymentMethod }) => [paymentMethod];
  const v2: Canon = (wish) => [wish.paymentMethod, (wish as { note?: string }).note ?? ''];
  const now = new Map([
    [1, v1],
    [2, v2],
  ]);

  it('compares a repeat under the version that its order was stored with', () => {
    const before = fingerprintOf(request, 1, new Map([[1, v1]]));
    expect(isRepeat(before, request, now)).toBe(true);
    expect(isRepeat(before, { ...request, paymentMethod: 'pm_other' }, now)).toBe(false);
  });

  it('says its version, and counts the new field from then on', () => {
    const stored = fingerprintOf(request, 2, now);
    expect(stored).toMatch(/^v2:/);
    expect(isRepeat(stored, request, now)).toBe(true);
    expect(isRepeat(stored, { ...request, note: 'gift' } as OrderRequest, now)).toBe(false);
  });

  it('is no conflict for a build that does not know its version yet', () => {
    expect(isRepeat(fingerprintOf(request, 2, now), request, new Map([[1, v1]]))).toBe(true);
  });
});
