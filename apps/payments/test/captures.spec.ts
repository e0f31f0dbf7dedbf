import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, CapturePayment, RefundPayment, VoidPayment } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Harness } from './harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start();
  await shop.test.database.query(
    `CREATE TABLE written (order_id uuid, status text, operation text);
     CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO written VALUES (NEW.order_id, NEW.status, NEW.operation); RETURN NULL; END $$;
     CREATE TRIGGER note AFTER UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION note()`,
  );
});
beforeEach(() => shop.faults());
afterAll(() => shop.stop());

const done = { ok: true, data: {} };
const quiet = { operation: 'webhook', kind: 'lost' };
const capture = (orderId: string, message = uuid()) =>
  shop.test.command(CapturePayment, { orderId }, message);
const refund = (orderId: string) => shop.test.command(RefundPayment, { orderId });
const slow = (orderId: string, when: 'before' | 'after', delayMs: number) =>
  shop.faults(quiet, { operation: 'capture', kind: 'delay', when, delayMs, orderId, count: 1 });
const written = async (orderId: string) =>
  (
    await shop.test.database.query<{ status: string; operation: string | null }>(
      'SELECT status, operation FROM written WHERE order_id = $1',
      [orderId],
    )
  ).rows;
/** The processor has taken the money, whatever this service knows of it. */
const taken = (orderId: string) =>
  eventually(async () => expect(await shop.ledger(orderId)).toMatchObject({ captures: 1 }));

async function authorized(): Promise<string> {
  const id = uuid();
  const card = { amountMinor: 1999, currency: 'EUR', paymentMethod: 'pm_card_visa' };
  expect(await shop.test.command(AuthorizePayment, { orderId: id, ...card })).toEqual(done);
  await shop.test.database.query('DELETE FROM written WHERE order_id = $1', [id]);
  return id;
}

it('a capture writes its payment once: nothing is noted before the call', async () => {
  const id = await authorized();
  expect(await capture(id)).toEqual(done);
  expect(await written(id)).toEqual([{ status: 'CAPTURED', operation: null }]);
});

it('a capture whose answer was not recorded is captured once when the command comes again', async () => {
  const [id, message] = [await authorized(), uuid()];
  await slow(id, 'after', 300);
  const answer = capture(id, message);
  await taken(id);
  await shop.test.database.query('ALTER TABLE inbox RENAME TO inbox_away');
  await eventually(() =>
    expect(shop.test.published.some((item) => item.id === message && item.attempt === 1)).toBe(true),
  );
  await shop.test.database.query('ALTER TABLE inbox_away RENAME TO inbox');
  expect(await answer).toEqual(done);
  expect(await shop.payment(id)).toMatchObject({ status: 'CAPTURED' });
  expect(await shop.ledger(id)).toMatchObject({ captures: 1, captured: 1999 });
});

it('a slow capture is noted, and the command that comes again meanwhile waits for it', async () => {
  const id = await authorized();
  await slow(id, 'before', 800);
  const first = capture(id);
  await eventually(async () =>
    expect(await written(id)).toEqual([{ status: 'AUTHORIZED', operation: 'capture' }]),
  );
  expect(await Promise.all([first, capture(id)])).toEqual([done, done]);
  expect(await shop.ledger(id)).toMatchObject({ captures: 1, captured: 1999 });
});

it.each([
  ['refund', RefundPayment],
  ['void', VoidPayment],
])('a %s that comes while a capture is in flight leaves no money behind', async (_, contract) => {
  const id = await authorized();
  await slow(id, 'after', 400);
  const captured = capture(id);
  await taken(id);
  expect(await shop.test.command(contract, { orderId: id })).toEqual(done);
  await captured;
  expect(await shop.payment(id)).toMatchObject({ status: 'REFUNDED' });
  expect(await shop.ledger(id)).toMatchObject({ captures: 1, captured: 1999, refunded: 1999, refunds: 1 });
});

it('a notice of the capture that comes before its answer is known, and publishes no change', async () => {
  const id = await authorized();
  await shop.faults({ operation: 'webhook', kind: 'early' });
  expect(await capture(id)).toEqual(done);
  expect(await written(id)).toEqual([{ status: 'CAPTURED', operation: null }]);
  expect(shop.changes(id)).toEqual([]);
});

it('two captures at once take the money once', async () => {
  const id = await authorized();
  await slow(id, 'before', 100);
  expect(await Promise.all([capture(id), capture(id), capture(id)])).toEqual([done, done, done]);
  expect(await shop.ledger(id)).toMatchObject({ captures: 1, captured: 1999 });
  expect(await refund(id)).toEqual(done);
  expect(await shop.ledger(id)).toMatchObject({ refunded: 1999, refunds: 1 });
});

it('a late success of a capture that was given no answer is found without its notice', async () => {
  const id = await authorized();
  await shop.faults(quiet, { operation: 'capture', kind: 'lost', when: 'after', orderId: id, count: 1 });
  expect(await capture(id)).toEqual(done);
  expect(await shop.payment(id)).toMatchObject({ status: 'CAPTURED' });
  expect(await shop.ledger(id)).toMatchObject({ captures: 1, captured: 1999 });
  expect(shop.changes(id)).toEqual([]);
});
