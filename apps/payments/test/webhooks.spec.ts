import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, CapturePayment, RefundPayment, VoidPayment } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Harness } from './harness.ts';

const TIMEOUT_MS = 8000;

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start(TIMEOUT_MS);
});
beforeEach(() => shop.faults());
afterAll(() => shop.stop());

const authorize = (orderId: string, paymentMethod = 'pm_card_visa') =>
  shop.test.command(AuthorizePayment, { orderId, amountMinor: 1999, currency: 'EUR', paymentMethod });
const done = { ok: true, data: {} };
const held = (orderId: string, intentId: string, id: string = uuid()) => ({
  id,
  type: 'payment_intent.amount_capturable_updated',
  data: { object: { object: 'payment_intent', id: intentId, metadata: { order_id: orderId } } },
});

it('are believed only with the right signature, made not long ago', async () => {
  const event = held(uuid(), 'pi_1');
  expect(await shop.notice(event)).toBe('ok');
  expect(await shop.notice(event, { secret: 'whsec_before' })).toBe('ok');
  expect(await shop.notice(event, { secret: 'whsec_of_another' })).toBe('payments.bad-signature');
  expect(await shop.notice(event, { ageS: 3600 })).toBe('payments.stale-signature');
});

it.each([
  ['types nobody knows', { id: 'evt_x', type: 'customer.created', data: { object: {} } }],
  ['payments nobody knows', held(uuid(), 'pi_nobody')],
  ['payments of no order', { ...held('not-an-order', 'pi_1'), id: 'evt_y' }],
  ['nonsense', { hello: 'world' }],
])('of %s are taken and forgotten', async (_, event) => {
  expect(await shop.notice(event)).toBe('ok');
});

it('settle a lost answer long before its time-out', async () => {
  const id = uuid();
  const start = performance.now();
  expect(await authorize(id, 'pm_sandbox_lost_answer')).toEqual(done);
  expect(performance.now() - start).toBeLessThan(TIMEOUT_MS - 2000);
  expect(await shop.ledger(id)).toMatchObject({ authorizations: 1 });
});

it('of money for an order that was called off make it be given back, told twice or not', async () => {
  const id = uuid();
  await shop.test.command(VoidPayment, { orderId: id });
  await shop.faults({ operation: 'webhook', kind: 'duplicate' });
  const intentId = await shop.chargeBehind(id);
  await eventually(async () => expect(await shop.ledger(id)).toMatchObject({ voided: 1999, captured: 0 }));
  const event = held(id, intentId);
  expect([await shop.notice(event), await shop.notice(event)]).toEqual(['ok', 'ok']);
  await eventually(async () => {
    const { rows } = await shop.test.database.query('SELECT 1 FROM payments WHERE due_at IS NOT NULL');
    expect(rows).toHaveLength(0);
  });
  expect(await shop.payment(id)).toMatchObject({ status: 'VOIDED' });
});

it('of a refund that failed make it be sent again', async () => {
  const id = uuid();
  await authorize(id);
  await shop.test.command(CapturePayment, { orderId: id });
  await shop.faults({ operation: 'refund', kind: 'refund-fails', orderId: id, count: 1 });
  expect(await shop.test.command(RefundPayment, { orderId: id })).toEqual(done);
  await eventually(async () =>
    expect(await shop.ledger(id)).toMatchObject({ captured: 1999, refunded: 1999 }),
  );
  await eventually(async () => expect(await shop.payment(id)).toMatchObject({ status: 'REFUNDED' }));
});

it('that name no order are refused while the processor cannot tell it, alone, and taken when it can', async () => {
  const id = uuid();
  await authorize(id);
  await shop.test.command(CapturePayment, { orderId: id });
  const intentId = await shop.intentOf(id);
  const nameless = {
    id: uuid(),
    type: 'refund.updated',
    data: {
      object: {
        object: 'refund',
        id: 're_dashboard',
        payment_intent: intentId,
        status: 'succeeded',
        metadata: {},
      },
    },
  };
  await shop.faults({ operation: 'retrieve', kind: 'error' });
  expect(await Promise.all([shop.notice(nameless), shop.notice(held(id, intentId))])).toEqual([
    'caravan.unavailable',
    'ok',
  ]);
  await shop.faults();
  const before = await shop.metric('payments_notices_total\\{outcome="applied"');
  expect(await shop.notice(nameless)).toBe('ok');
  expect(await shop.metric('payments_notices_total\\{outcome="applied"')).toBe(before + 1);
});
