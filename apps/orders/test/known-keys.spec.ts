import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { PlaceOrder } from '@caravan/contracts';
import { Street, wish } from './street.ts';

let street: Street;
beforeAll(async () => {
  street = await Street.open({ ORDER_WAIT_MS: '100' });
});
afterAll(() => street?.close());

it('a known key is answered while new orders still wait for the catalogue, in its own batch and in earlier ones', async () => {
  const known = wish({ customerId: uuid() });
  const first = await street.test.ask(PlaceOrder, known);
  // Inventory does not answer any more: a new order waits for the catalogue as long as it may.
  await street.inventory.stop();
  let waiting = 0;
  const place = () => {
    waiting++;
    const done = () => void waiting--;
    void street.test.ask(PlaceOrder, wish()).then(done, done);
  };
  for (let round = 1; round <= 3; round++) {
    place();
    const again = await street.test.ask(PlaceOrder, known);
    expect(again).toMatchObject({
      outcome: 'placed',
      order: { id: (first as { order: { id: string } }).order.id },
    });
    expect(waiting).toBe(round);
  }
});
