import { describe, expect, it } from '@jest/globals';
import type { Books } from './books.ts';
import { check } from './checker.ts';

const paid = {
  orderId: 'o1',
  authorized: 200,
  captured: 200,
  refunded: 0,
  voided: 0,
  authorizations: 1,
  captures: 1,
  refunds: 0,
};
const books: Books = {
  orders: [
    {
      id: 'o1',
      status: 'CONFIRMED',
      customer_id: 'c',
      idempotency_key: 'k1',
      total: 200,
      lines: [{ sku: 'A', quantity: 2 }],
    },
    {
      id: 'o2',
      status: 'REJECTED',
      customer_id: 'c',
      idempotency_key: 'k2',
      total: 100,
      lines: [{ sku: 'A', quantity: 1 }],
    },
  ],
  payments: [{ order_id: 'o1', status: 'CAPTURED', amount: 200, refunded: 0 }],
  ledger: [paid],
  stock: [{ sku: 'A', on_hand: 8, reserved: 0, sold: 2, received: 10 }],
  heldReservations: [],
  openSagas: [],
  outboxes: { orders: 0 },
};
const order = books.orders[0]!;

describe('the checker', () => {
  it('finds nothing when the books balance', () => {
    expect(check(books, [{ key: 'k1', orderId: 'o1' }])).toEqual([]);
  });

  it.each<[string, Partial<Books>, string]>([
    ['an order that is gone', { orders: [books.orders[1]!] }, 'I1'],
    [
      'two orders under one key',
      { orders: [...books.orders, { ...order, id: 'o3', status: 'REJECTED' }] },
      'I1',
    ],
    ['an order that hangs', { orders: [order, { ...books.orders[1]!, status: 'PENDING' }] }, 'I2'],
    ['a saga that hangs', { openSagas: ['o1'] }, 'I2'],
    [
      'money taken for a rejected order',
      { ledger: [paid, { ...paid, orderId: 'o2', authorized: 100, captured: 100 }] },
      'I3',
    ],
    ['a confirmed order that nobody paid', { ledger: [] }, 'I3'],
    ['money taken twice', { ledger: [{ ...paid, captures: 2 }] }, 'I3'],
    [
      'money set aside for ever',
      { ledger: [paid, { ...paid, orderId: 'o2', authorized: 100, captured: 0 }] },
      'I3',
    ],
    ['books that disagree', { payments: [] }, 'I3'],
    ['money of nobody', { ledger: [paid, { ...paid, orderId: 'o9' }] }, 'I3'],
    ['pieces that vanished', { stock: [{ sku: 'A', on_hand: 7, reserved: 0, sold: 2, received: 10 }] }, 'I4'],
    [
      'pieces sold that no order holds',
      { stock: [{ sku: 'A', on_hand: 7, reserved: 0, sold: 3, received: 10 }] },
      'I4',
    ],
    ['a reservation that outlived its order', { heldReservations: ['o2'] }, 'I4'],
    ['a message that waits', { outboxes: { orders: 1 } }, 'I6'],
  ])('finds %s', (_, change, invariant) => {
    const violations = check({ ...books, ...change }, [{ key: 'k1', orderId: 'o1' }]);
    expect(violations.length).toBeGreaterThan(0);
    expect(violations.map((violation) => violation.slice(0, 2))).toContain(invariant);
  });
});
