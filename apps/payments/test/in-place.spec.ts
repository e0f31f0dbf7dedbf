import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, CapturePayment, RefundPayment } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Harness } from './harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start();
});
afterAll(() => shop.stop());

it('every update of a payment stays in its page and touches no index', async () => {
  const orderId = uuid();
  const card = { amountMinor: 1999, currency: 'EUR', paymentMethod: 'pm_card_visa' };
  for (const told of [
    await shop.test.command(AuthorizePayment, { orderId, ...card }),
    await shop.test.command(CapturePayment, { orderId }),
  ])
    expect(told).toEqual({ ok: true, data: {} });
  const updates = async () =>
    (
      await shop.test.database.query<{ updates: string; hot: string }>(
        `SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'payments'`,
      )
    ).rows[0];
  // The statistics of a session are told a moment after its transactions.
  await eventually(async () => expect(await updates()).toEqual({ updates: '2', hot: '2' }), 30_000);
});

it('a payment that no command comes for any more is found by the next command about it', async () => {
  const orderId = uuid();
  // As a process left it whose command was lost: open, and due never.
  await shop.test.database.query(
    `INSERT INTO payments (order_id, status, operation, begun_by, amount_minor, currency, method)
     VALUES ($1, 'PENDING', 'authorize', $2, 1999, 'EUR', 'pm_card_visa')`,
    [orderId, uuid()],
  );
  const refunded = shop.test.command(RefundPayment, { orderId });
  await eventually(async () => {
    const { rows } = await shop.test.database.query(
      `UPDATE payments SET due_at = now() WHERE order_id = $1 AND due_at > now() RETURNING 1`,
      [orderId],
    );
    expect(rows).toHaveLength(1);
  });
  expect(await refunded).toEqual({ ok: true, data: {} });
  expect(await shop.payment(orderId)).toMatchObject({ status: 'VOIDED' });
  expect(await shop.ledger(orderId)).toMatchObject({ authorizations: 1, voided: 1999 });
});
