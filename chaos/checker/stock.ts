import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

type Seen = Pick<World, 'orders' | 'stock' | 'reservations'>;
type Lines = readonly { readonly sku: string; readonly quantity: number }[];

/** What an order that stands there may hold. */
const MAY_HOLD: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['HELD', 'REFUSED', 'RELEASED'],
  CONFIRMED: ['SOLD'],
  REJECTED: ['REFUSED', 'RELEASED'],
  CANCELLED: ['REFUSED', 'RELEASED'],
  NEEDS_ATTENTION: ['HELD', 'SOLD', 'REFUSED', 'RELEASED'],
};

/** I4: every piece is somewhere, what orders hold is what the shelf says, and nothing is kept for an order that is final. */
export function checkStock({ orders, stock, reservations }: Seen): Violation[] {
  const state = new Map(reservations.map((reservation) => [reservation.orderId, reservation.state]));
  const status = new Map(orders.map((order) => [order.id, order.status]));
  const linesIn = (wanted: string) => sum(reservations.filter((r) => r.state === wanted).map((r) => r.lines));
  const [held, sold] = [linesIn('HELD'), linesIn('SOLD')];
  const bought = sum(orders.filter((order) => order.status === 'CONFIRMED').map((order) => order.lines));
  const toAttend = orders.some((order) => order.status === 'NEEDS_ATTENTION');
  const found: string[] = [];
  for (const [orderId, reservation] of state) {
    const order = status.get(orderId);
    if (!MAY_HOLD[order ?? 'REJECTED']?.includes(reservation))
      found.push(`the reservation of order ${orderId} (${order ?? 'not there'}) is ${reservation}`);
  }
  for (const { id } of orders.filter((order) => order.status === 'CONFIRMED'))
    if (!state.has(id)) found.push(`order ${id} is CONFIRMED without a reservation`);
  for (const row of stock) {
    const { sku } = row;
    const words = JSON.stringify(row);
    if (Math.min(row.onHand, row.reserved, row.sold) < 0) found.push(`${sku} is negative: ${words}`);
    if (row.received !== row.onHand + row.reserved + row.sold) found.push(`${sku} does not add up: ${words}`);
    if (row.reserved !== of(held, sku)) found.push(`${sku}: reservations hold ${of(held, sku)}, ${words}`);
    if (row.sold !== of(sold, sku)) found.push(`${sku}: reservations have sold ${of(sold, sku)}, ${words}`);
    if (!toAttend && row.sold !== of(bought, sku))
      found.push(`${sku}: confirmed orders have bought ${of(bought, sku)}, ${words}`);
  }
  return found.map((what) => violation('I4', what));
}

function sum(all: readonly Lines[]): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of all.flat()) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  return pieces;
}

const of = (pieces: ReadonlyMap<string, number>, sku: string): number => pieces.get(sku) ?? 0;
