import { describe, expect, it } from '@jest/globals';
import { Reservation } from './reservation.ts';
import { Shelf, Stock } from './stock.ts';

const order = '018f0000-0000-7000-8000-000000000001';
const shelf = (onHand: number) => {
  const stock = new Stock('mug', onHand, 0, 0, onHand);
  return { stock, shelf: new Shelf([stock]) };
};
const asked = (...quantities: number[]) =>
  Reservation.asked(
    order,
    quantities.map((quantity) => ({ sku: 'mug', quantity })),
  );

describe('reservation', () => {
  it('merges the same sku', () => {
    expect(asked(1, 2, 3).lines).toEqual([{ sku: 'mug', quantity: 6 }]);
  });

  it('is held, sold and given back', () => {
    const { stock, shelf: all } = shelf(5);
    const reservation = asked(2);
    expect(reservation.hold(all)).toBe(true);
    expect(reservation.answer()).toBeNull();
    expect(reservation.sell(all)).toBe(true);
    expect(reservation.sell(all)).toBe(false);
    expect(reservation.answer()).toBeNull();
    expect(stock).toMatchObject({ onHand: 3, reserved: 0, sold: 2 });
    expect(reservation.release(all)).toBe(true);
    expect(reservation.release(all)).toBe(false);
    expect(stock).toMatchObject({ onHand: 5, reserved: 0, sold: 0 });
    expect(reservation.answer()).toMatchObject({ code: 'inventory.already-released' });
  });

  it('is refused when pieces are missing, and says so again', () => {
    const { stock, shelf: all } = shelf(5);
    const reservation = asked(3, 3);
    expect(reservation.hold(all)).toBe(false);
    const failure = {
      code: 'inventory.out-of-stock',
      details: { lines: [{ sku: 'mug', requested: 6, available: 5 }] },
    };
    expect(reservation.answer()).toMatchObject(failure);
    stock.restock(10);
    expect(reservation.answer()).toMatchObject(failure);
    expect(reservation.release(all)).toBe(false);
    expect(reservation.sell(all)).toBe(false);
    expect(reservation.state).toBe('REFUSED');
  });

  it('of a released order sells nothing', () => {
    const { stock, shelf: all } = shelf(5);
    const tombstone = new Reservation(order, 'RELEASED', []);
    expect(tombstone.sell(all)).toBe(false);
    expect(tombstone.answer()).toMatchObject({ code: 'inventory.already-released' });
    expect(stock.onHand).toBe(5);
  });
});
