import type { Order, Payment, Product } from '@caravan/contracts';

export const ADA = '0193a1b2-0000-7000-8000-00000000000a';
export const ORDER_ID = '0193a1b2-0000-7000-8000-000000000001';

export const mug: Product = {
  sku: 'MUG-1',
  name: 'Enamel mug',
  description: 'For tea by the fire.',
  category: 'kitchen',
  imageUrl: '/images/MUG-1.svg',
  priceMinor: 1250,
  currency: 'EUR',
  available: 7,
};

export const order = (changes: Partial<Order> = {}): Order => ({
  id: ORDER_ID,
  number: 'C-1001',
  customerId: ADA,
  status: 'CONFIRMED',
  placedAt: '2026-11-21T09:54:33.120Z',
  lines: [{ sku: 'MUG-1', name: 'Enamel mug', quantity: 2, unitPriceMinor: 1250, totalMinor: 2500 }],
  totalMinor: 2500,
  currency: 'EUR',
  shippingAddress: {
    name: 'Ada',
    line1: '1 Quay',
    line2: null,
    city: 'Cork',
    postalCode: 'T12',
    country: 'IE',
  },
  rejection: null,
  ...changes,
});

export const payment: Payment = {
  orderId: ORDER_ID,
  status: 'CAPTURED',
  amountMinor: 2500,
  refundedMinor: 0,
  currency: 'EUR',
  method: 'visa',
};

export const input = {
  idempotencyKey: 'key-1',
  lines: [{ sku: 'MUG-1', quantity: 2 }],
  paymentMethod: 'pm_card_visa',
  shippingAddress: { name: 'Ada', line1: '1 Quay', city: 'Cork', postalCode: 'T12', country: 'IE' },
};
