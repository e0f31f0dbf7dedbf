import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, CapturePayment, RefundPayment } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Harness } from './harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start();
});
beforeEach(() => shop.faults());
afterAll(() => shop.stop());

const authorize = (orderId: string, paymentMethod = 'pm_card_visa') =>
  shop.test.command(AuthorizePayment, { orderId, amountMinor: 1999, currency: 'EUR', paymentMethod });
const capture = (orderId: string) => shop.test.command(CapturePayment, { orderId });
const refund = (orderId: string) => shop.test.command(RefundPayment, { orderId });
const done = { ok: true, data: {} };
const row = async (orderId: string) => {
  const { rows } = await shop.test.database.query<Record<string, unknown>>(
    'SELECT * FROM payments WHERE order_id = $1',
    [orderId],
  );
  return rows[0]!;
};
const hurry = (orderId: string) =>
  shop.test.database.query('UPDATE payments SET due_at = now() WHERE order_id = $1 AND due_at IS NOT NULL', [
    orderId,
  ]);
/** Until a test has said what happens next, the open operation is not asked again. */
const hold = (orderId: string) =>
  shop.test.database.query(
    "UPDATE payments SET due_at = now() + interval '1 hour' WHERE order_id = $1 AND status = 'UNKNOWN'",
    [orderId],
  );

async function refundUnknown(...faults: object[]): Promise<{ id: string; refunded: Promise<unknown> }> {
  const id = uuid();
  await authorize(id);
  await capture(id);
  await shop.faults(
    { operation: 'refund', kind: 'error', when: 'after', orderId: id, count: 1 },
    { operation: 'refund', kind: 'refund-fails-later', delayMs: 3000, orderId: id, count: 1 },
    ...faults,
  );
  await shop.test.database.query(
    `CREATE OR REPLACE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       NEW.due_at := now() + interval '1 hour'; RETURN NEW; END $$`,
  );
  await shop.test.database.query(`DROP TRIGGER IF EXISTS hold_back ON payments`);
  await shop.test.database.query(
    `CREATE TRIGGER hold_back BEFORE UPDATE ON payments FOR EACH ROW
       WHEN (NEW.order_id = '${id}' AND NEW.status = 'UNKNOWN') EXECUTE FUNCTION hold_back()`,
  );
  const refunded = refund(id);
  await eventually(async () =>
    expect(await row(id)).toMatchObject({ status: 'UNKNOWN', operation: 'refund' }),
  );
  return { id, refunded };
}

const letGo = async (id: string) => {
  await shop.test.database.query('DROP TRIGGER hold_back ON payments');
  await hurry(id);
};

it('a refund that failed before its answer came is kept, and made again under a fresh key', async () => {
  const { id, refunded } = await refundUnknown();
  await shop.advance(4000);
  await eventually(async () => expect(await row(id)).toMatchObject({ early: [{ says: 'refund' }, {}, {}] }));
  await letGo(id);
  expect(await refunded).toEqual(done);
  expect(await shop.payment(id)).toMatchObject({ status: 'REFUNDED', refundedMinor: 1999 });
  expect(await shop.ledger(id)).toMatchObject({ captured: 1999, refunded: 1999 });
});

it('a replayed answer is not believed: the refund is looked at, also when no notice tells that it failed', async () => {
  const { id, refunded } = await refundUnknown({ operation: 'webhook', kind: 'lost' });
  await shop.advance(4000);
  await letGo(id);
  expect(await refunded).toEqual(done);
  expect(await shop.ledger(id)).toMatchObject({ captured: 1999, refunded: 1999 });
});

it('a refund that succeeds and fails later is made again a bounded number of times, then needs a person', async () => {
  const id = uuid();
  await authorize(id, 'pm_card_refundFail');
  await capture(id);
  expect(await refund(id)).toEqual(done);
  await eventually(async () => {
    await shop.advance(4000);
    await hurry(id);
    expect(shop.changes(id)).toEqual(['refund-failed!']);
  }, 30_000);
  expect(await shop.payment(id)).toMatchObject({ status: 'CAPTURED', refundedMinor: 0 });
  const made = async () =>
    (await shop.dashboard.refunds.list({ payment_intent: await shop.intentOf(id) })).data.length;
  const before = await made();
  await shop.advance(86_400_000);
  expect(await row(id)).toMatchObject({ operation: null, due_at: null });
  expect(await made()).toBe(before);
});

it('a refund that is pending and fails later is made again', async () => {
  const id = uuid();
  await authorize(id);
  await capture(id);
  await shop.faults({ operation: 'refund', kind: 'refund-pending-fails', orderId: id, count: 1 });
  expect(await refund(id)).toEqual(done);
  await shop.advance(4000);
  await eventually(async () => expect(await shop.ledger(id)).toMatchObject({ refunded: 1999, refunds: 1 }));
  await eventually(async () => expect(await row(id)).toMatchObject({ status: 'REFUNDED', operation: null }));
});

it('a hold whose notice comes before the answer is found, though search knows nothing of it', async () => {
  const id = uuid();
  await shop.faults(
    { operation: 'create', kind: 'error', stored: true, when: 'after', orderId: id, count: 1 },
    { operation: 'webhook', kind: 'early' },
    { operation: 'search', kind: 'stale', delayMs: 90_000 },
  );
  expect(await authorize(id)).toEqual(done);
  expect(await shop.payment(id)).toMatchObject({ status: 'AUTHORIZED' });
  expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, voided: 0 });
});

it('a hold that turns up after the payment was given up is let go', async () => {
  const id = uuid();
  await shop.faults(
    { operation: 'create', kind: 'error', stored: true, when: 'after', orderId: id, count: 1 },
    { operation: 'webhook', kind: 'delay', delayMs: 600_000 },
    { operation: 'search', kind: 'stale', delayMs: 90_000 },
  );
  const answer = authorize(id);
  await eventually(async () => expect(await row(id)).toMatchObject({ status: 'UNKNOWN' }));
  await shop.test.database.query(
    "UPDATE payments SET created_at = now() - interval '1 minute', due_at = now() WHERE order_id = $1",
    [id],
  );
  expect(await answer).toMatchObject({ failure: { details: { code: 'processing_error' } } });
  await shop.advance(600_000);
  await eventually(async () =>
    expect(await shop.ledger(id)).toMatchObject({ authorized: 1999, voided: 1999 }),
  );
  await eventually(async () => expect(await row(id)).toMatchObject({ status: 'VOIDED', operation: null }));
});

it('a key that the processor has forgotten makes no second refund', async () => {
  const id = uuid();
  await authorize(id);
  await capture(id);
  await shop.faults(
    { operation: 'refund', kind: 'error', when: 'after', orderId: id, count: 1 },
    { operation: 'retrieve-refund', kind: 'error' },
    { operation: 'webhook', kind: 'lost' },
  );
  const answer = refund(id);
  await eventually(async () =>
    expect(await row(id)).toMatchObject({ status: 'UNKNOWN', operation: 'refund' }),
  );
  await hold(id);
  await shop.advance(25 * 3_600_000);
  await shop.test.database.query(
    "UPDATE payments SET operation_at = now() - interval '25 hours' WHERE order_id = $1",
    [id],
  );
  await shop.faults({ operation: 'webhook', kind: 'lost' });
  await hurry(id);
  expect(await answer).toEqual(done);
  expect(await shop.ledger(id)).toMatchObject({ refunded: 1999, refunds: 1 });
});
