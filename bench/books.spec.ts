import { describe, expect, it } from '@jest/globals';
import { audit, type Books } from './books.ts';

const MOVED = { authorizations: 1, captures: 1, refunds: 0, refunded: 0 };
const books: Books = {
  orders: [
    { id: 'a', status: 'CONFIRMED', total: 200 },
    { id: 'b', status: 'REJECTED', total: 300 },
  ],
  payments: [
    { orderId: 'a', status: 'CAPTURED', operation: null, amount: 200, refunded: 0 },
    { orderId: 'b', status: 'DECLINED', operation: null, amount: 300, refunded: 0 },
  ],
  ledger: [{ orderId: 'a', authorized: 200, captured: 200, voided: 0, ...MOVED }],
};

describe('the audit of a load', () => {
  it('tells what was confirmed, declined and captured', () =>
    expect(audit(books)).toEqual({
      line: '2 orders, 1 confirmed, 1 cards declined, €2.00 captured',
      wrong: [],
    }));

  it('finds an order that was confirmed without money', () => {
    const orders = books.orders.map((order) => ({ ...order, status: 'CONFIRMED' }));
    expect(audit({ ...books, orders }).wrong).toEqual(['200 captured, 500 confirmed']);
  });

  it('finds money that is still set aside for a declined order', () => {
    const held = { orderId: 'b', authorized: 300, captured: 0, voided: 0, ...MOVED };
    expect(audit({ ...books, ledger: [...books.ledger, held] }).wrong).toEqual(['300 still set aside']);
  });

  it('finds a load without declined cards', () => {
    const payments = books.payments.slice(0, 1);
    expect(audit({ ...books, payments }).wrong).toEqual(['not one card was declined']);
  });
});
