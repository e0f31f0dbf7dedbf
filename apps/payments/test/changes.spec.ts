import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { AuthorizePayment, CapturePayment, RefundPayment, VoidPayment } from '@caravan/contracts';
import { eventually } from '@caravan/testing';
import { Harness } from './harness.ts';

const DAY_MS = 86_400_000;

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start();
});
beforeEach(() => shop.faults());
afterAll(() => shop.stop());

const authorize = (orderId: string, paymentMethod = 'pm_card_visa') =>
  shop.test.command(AuthorizePayment, { orderId, amountMinor: 1999, currency: 'EUR', paymentMethod });
const capture = (orderId: string) => shop.test.command(CapturePayment, { orderId });
const cancel = (orderId: string) => shop.test.command(VoidPayment, { orderId });
const refund = (orderId: string) => shop.test.command(RefundPayment, { orderId });
const done = { ok: true, data: {} };
const failed = (code: string) => ({ ok: false, failure: expect.objectContaining({ code }) as unknown });
const becomes = (orderId: string, state: object) =>
  eventually(async () => expect(await shop.payment(orderId)).toMatchObject(state));

async function sold(paymentMethod?: string): Promise<string> {
  const id = uuid();
  expect(await authorize(id, paymentMethod)).toEqual(done);
  expect(await capture(id)).toEqual(done);
  return id;
}

describe('what a person does at the processor reaches the payment', () => {
  it('a refund of a part is shown; cancelling gives back the rest, once', async () => {
    const id = await sold();
    await shop.dashboard.refunds.create({ payment_intent: await shop.intentOf(id), amount: 500 });
    await becomes(id, { status: 'CAPTURED', refundedMinor: 500 });
    await eventually(() => expect(shop.changes(id)).toEqual(['partly-refunded']));
    expect(await refund(id)).toEqual(done);
    expect(await shop.payment(id)).toMatchObject({ status: 'REFUNDED', refundedMinor: 1999 });
    expect(await shop.ledger(id)).toMatchObject({ captured: 1999, refunded: 1999, refunds: 2 });
  });

  it('a refund in full is shown, and cancelling makes no second one', async () => {
    const id = await sold();
    await shop.faults({ operation: 'webhook', kind: 'duplicate' });
    await shop.dashboard.refunds.create({ payment_intent: await shop.intentOf(id) });
    await becomes(id, { status: 'REFUNDED', refundedMinor: 1999 });
    await eventually(() => expect(shop.changes(id)).toEqual(['refunded!']));
    expect(await refund(id)).toEqual(done);
    expect(await shop.ledger(id)).toMatchObject({ refunded: 1999, refunds: 1 });
  });

  it('a capture is shown; an order that is called off after it gets its money back', async () => {
    const [kept, calledOff] = [uuid(), uuid()];
    await Promise.all([authorize(kept), authorize(calledOff)]);
    for (const id of [kept, calledOff]) await shop.dashboard.paymentIntents.capture(await shop.intentOf(id));
    await Promise.all([kept, calledOff].map((id) => becomes(id, { status: 'CAPTURED' })));
    expect(await capture(kept)).toEqual(done);
    expect(await cancel(calledOff)).toEqual(done);
    expect(await shop.ledger(kept)).toMatchObject({ captures: 1, captured: 1999, refunded: 0 });
    expect(await shop.ledger(calledOff)).toMatchObject({ captured: 1999, refunded: 1999, refunds: 1 });
  });

  it('a cancel is shown, and told as what needs a person', async () => {
    const id = uuid();
    await authorize(id);
    await shop.dashboard.paymentIntents.cancel(await shop.intentOf(id));
    await becomes(id, { status: 'VOIDED' });
    await eventually(() => expect(shop.changes(id)).toEqual(['voided!']));
    expect(await capture(id)).toEqual(failed('payments.not-capturable'));
  });

  it('whatever was done is found when its notices are lost and the shop acts itself', async () => {
    const [refunded, captured, canceled] = [await sold(), uuid(), uuid()];
    await Promise.all([authorize(captured), authorize(canceled)]);
    await shop.faults({ operation: 'webhook', kind: 'lost' });
    await shop.dashboard.refunds.create({ payment_intent: await shop.intentOf(refunded) });
    await shop.dashboard.paymentIntents.capture(await shop.intentOf(captured));
    await shop.dashboard.paymentIntents.cancel(await shop.intentOf(canceled));
    expect(await refund(refunded)).toEqual(done);
    expect(await cancel(captured)).toEqual(done);
    expect(await cancel(canceled)).toEqual(done);
    expect(await shop.ledger(refunded)).toMatchObject({ refunded: 1999, refunds: 1 });
    expect(await shop.ledger(captured)).toMatchObject({ captured: 1999, refunded: 1999 });
    expect(await shop.ledger(canceled)).toMatchObject({ voided: 1999, captured: 0 });
  });
});

describe('a dispute', () => {
  it('is recorded, told and counted, and holds a refund back until it is won', async () => {
    const id = await sold('pm_card_createDispute');
    await shop.advance(4000);
    await becomes(id, {
      dispute: { status: 'needs_response', reason: 'fraudulent', amountMinor: 1999, closedAt: null },
    });
    await eventually(() => expect(shop.changes(id)).toEqual(['dispute-opened']));
    expect(await shop.metric('payments_disputed')).toBe(1);
    expect(await refund(id)).toEqual(failed('payments.disputed'));
    const { data } = await shop.dashboard.disputes.list({ payment_intent: await shop.intentOf(id) });
    await shop.dashboard.disputes.update(data[0]!.id, {
      evidence: { uncategorized_text: 'winning_evidence' },
    });
    await becomes(id, { dispute: { status: 'won', closedAt: expect.any(String) as unknown } });
    expect(await shop.metric('payments_disputed')).toBe(0);
    expect(await refund(id)).toEqual(done);
    expect(await shop.ledger(id)).toMatchObject({ refunded: 1999, refunds: 1 });
  });

  it('that no notice told of ends a refund instead of repeating it for ever; once it is lost, nothing is given twice', async () => {
    const id = await sold('pm_card_createDisputeProductNotReceived');
    await shop.faults({ operation: 'webhook', kind: 'lost' });
    await shop.advance(4000);
    expect(await refund(id)).toEqual(failed('payments.disputed'));
    expect(await shop.payment(id)).toMatchObject({
      status: 'CAPTURED',
      dispute: { reason: 'product_not_received' },
    });
    await shop.faults();
    const { data } = await shop.dashboard.disputes.list({ payment_intent: await shop.intentOf(id) });
    await shop.dashboard.disputes.close(data[0]!.id);
    await becomes(id, { dispute: { status: 'lost' } });
    expect(await refund(id)).toEqual(done);
    expect(await shop.ledger(id)).toMatchObject({ refunds: 0 });
  });
});

describe('a hold that ended by itself after seven days', () => {
  it('is authorized anew when the order is confirmed, and captured once', async () => {
    const id = uuid();
    await authorize(id);
    await shop.advance(7 * DAY_MS + 1000);
    await becomes(id, { status: 'VOIDED' });
    expect(await capture(id)).toEqual(done);
    expect(await shop.payment(id)).toMatchObject({ status: 'CAPTURED' });
    expect(await shop.ledger(id)).toMatchObject({
      authorizations: 2,
      captures: 1,
      captured: 1999,
      voided: 1999,
    });
  });

  it('is seen by the capture when its notice is lost', async () => {
    const id = uuid();
    await authorize(id);
    await shop.faults({ operation: 'webhook', kind: 'lost' });
    await shop.advance(7 * DAY_MS + 1000);
    expect(await capture(id)).toEqual(done);
    expect(await shop.ledger(id)).toMatchObject({ captures: 1, captured: 1999 });
  });

  it('is nothing to an order that was called off', async () => {
    const id = uuid();
    await authorize(id);
    await shop.advance(7 * DAY_MS + 1000);
    await becomes(id, { status: 'VOIDED' });
    expect(await cancel(id)).toEqual(done);
    expect(await capture(id)).toEqual(failed('payments.not-capturable'));
    expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, captures: 0 });
  });
});
