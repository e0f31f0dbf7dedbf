import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, CapturePayment, RefundPayment, VoidPayment } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Harness } from './harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start();
});
beforeEach(() => shop.faults());
afterAll(() => shop.stop());

const quiet = { operation: 'webhook', kind: 'lost' };
const authorize = (orderId: string, paymentMethod = 'pm_card_visa') =>
  shop.test.command(AuthorizePayment, { orderId, amountMinor: 1999, currency: 'EUR', paymentMethod });
const capture = (orderId: string) => shop.test.command(CapturePayment, { orderId });
const cancel = (orderId: string) => shop.test.command(VoidPayment, { orderId });
const refund = (orderId: string) => shop.test.command(RefundPayment, { orderId });
const done = { ok: true, data: {} };
const becomes = (orderId: string, status: string) =>
  eventually(async () => expect(await shop.payment(orderId)).toMatchObject({ status }));

it('a lost answer is asked for again, without a second charge', async () => {
  const id = uuid();
  await shop.faults(quiet);
  expect(await authorize(id, 'pm_sandbox_lost_answer')).toEqual(done);
  expect(await shop.ledger(id)).toMatchObject({ authorizations: 1 });
});

it('a payment is UNKNOWN, a void waits for it, and then it is cancelled', async () => {
  const id = uuid();
  await shop.faults(quiet, { operation: 'create', kind: 'error', when: 'after', orderId: id, count: 3 });
  const authorized = authorize(id);
  await becomes(id, 'UNKNOWN');
  expect(await Promise.all([authorized, cancel(id)])).toEqual([done, done]);
  expect(await shop.payment(id)).toMatchObject({ status: 'VOIDED' });
  expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, voided: 1999, captured: 0 });
});

it('a refund waits for a capture that is not known', async () => {
  const id = uuid();
  await authorize(id);
  await shop.faults(quiet, { operation: 'capture', kind: 'error', when: 'after', orderId: id, count: 1 });
  const captured = capture(id);
  await becomes(id, 'UNKNOWN');
  expect(await Promise.all([captured, refund(id)])).toEqual([done, done]);
  expect(await shop.ledger(id)).toMatchObject({ captured: 1999, refunded: 1999, refunds: 1 });
});

it.each(['error', 'garbage', 'reset', 'lost', 'drip'])('every step survives: %s', async (kind) => {
  const id = uuid();
  const spoiled = (operation: string) =>
    shop.faults(quiet, { operation, kind, when: 'after', orderId: id, count: 1 });
  await spoiled('create');
  expect(await authorize(id)).toEqual(done);
  await spoiled('capture');
  expect(await capture(id)).toEqual(done);
  await spoiled('refund');
  expect(await refund(id)).toEqual(done);
  expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, captures: 1, refunds: 1, refunded: 1999 });
});

it('Retry-After is kept to', async () => {
  const id = uuid();
  await shop.faults({
    operation: 'create',
    kind: 'error',
    status: 429,
    retryAfter: 2,
    orderId: id,
    count: 1,
  });
  const start = performance.now();
  expect(await authorize(id)).toEqual(done);
  expect(performance.now() - start).toBeGreaterThan(1900);
});

it('two 500s and then a success are a success', async () => {
  expect(await authorize(uuid(), 'pm_sandbox_flaky')).toEqual(done);
});

it('a failure that the processor stored is found out by searching, or by a fresh key', async () => {
  const id = uuid();
  const stored = { kind: 'error', stored: true, orderId: id, count: 1 };
  await shop.faults(quiet, { ...stored, operation: 'create', when: 'after' });
  expect(await authorize(id)).toEqual(done);
  await shop.faults(quiet, { ...stored, operation: 'capture', when: 'before' });
  expect(await capture(id)).toEqual(done);
  expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, captures: 1, captured: 1999 });
});

it('a slow payment does not hold up the others of its batch', async () => {
  const slow = uuid();
  await shop.faults({ operation: 'create', kind: 'delay', delayMs: 3000, orderId: slow, count: 1 });
  let over = false;
  const last = authorize(slow).then((outcome) => {
    over = true;
    return outcome;
  });
  const others = Array.from({ length: 20 }, () => uuid());
  expect(await Promise.all(others.map((id) => authorize(id)))).toEqual(others.map(() => done));
  expect(over).toBe(false);
  expect(await last).toEqual(done);
});

it('what was open when the service stopped is settled when it is back', async () => {
  const id = uuid();
  await shop.faults(quiet, { operation: '*', kind: 'error', orderId: id });
  const answer = authorize(id);
  await becomes(id, 'UNKNOWN');
  await shop.test.restart();
  await shop.faults();
  expect(await answer).toEqual(done);
});

it('a result that comes after somebody else took over is dropped', async () => {
  const id = uuid();
  await authorize(id);
  // Slow enough to be noted, so that there is something to take over; its own answer is an error.
  await shop.faults(
    quiet,
    { operation: 'capture', kind: 'delay', delayMs: 700, orderId: id, count: 1 },
    { operation: 'capture', kind: 'error', when: 'after', orderId: id, count: 1 },
  );
  await shop.test.database.query(
    `CREATE TABLE seen (status text);
     CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO seen VALUES (NEW.status); RETURN NULL; END $$;
     CREATE TRIGGER see AFTER UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION see();
     CREATE FUNCTION take_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       NEW.version := NEW.version + 1; NEW.due_at := now(); RETURN NEW; END $$;
     CREATE TRIGGER take_over BEFORE UPDATE ON payments FOR EACH ROW
       WHEN (OLD.status = 'AUTHORIZED' AND OLD.operation IS NULL AND NEW.operation = 'capture')
       EXECUTE FUNCTION take_over()`,
  );
  expect(await capture(id)).toEqual(done);
  const { rows } = await shop.test.database.query('SELECT DISTINCT status FROM seen ORDER BY 1');
  expect(rows).toEqual([{ status: 'AUTHORIZED' }, { status: 'CAPTURED' }]);
  expect(await shop.ledger(id)).toMatchObject({ captures: 1 });
});
