import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

const authorize = (orderId: string, paymentMethod = 'pm_card_visa', message = uuid()) =>
  shop.test.command(
    AuthorizePayment,
    { orderId, amountMinor: 1999, currency: 'EUR', paymentMethod },
    message,
  );
const capture = (orderId: string) => shop.test.command(CapturePayment, { orderId });
const cancel = (orderId: string) => shop.test.command(VoidPayment, { orderId });
const refund = (orderId: string) => shop.test.command(RefundPayment, { orderId });
const done = { ok: true, data: {} };
const failed = (code: string) => ({ ok: false, failure: expect.objectContaining({ code }) as unknown });

describe('an order that is paid', () => {
  it('is authorized, captured and refunded, each once', async () => {
    const id = uuid();
    expect(await authorize(id)).toEqual(done);
    expect(await shop.payment(id)).toEqual({
      orderId: id,
      status: 'AUTHORIZED',
      amountMinor: 1999,
      refundedMinor: 0,
      currency: 'EUR',
      method: 'pm_card_visa',
    });
    expect(await capture(id)).toEqual(done);
    expect(await shop.payment(id)).toMatchObject({ status: 'CAPTURED', refundedMinor: 0 });
    expect(await Promise.all([refund(id), refund(id)])).toEqual([done, done]);
    expect(await shop.payment(id)).toMatchObject({ status: 'REFUNDED', refundedMinor: 1999 });
    expect(await shop.ledger(id)).toMatchObject({
      authorizations: 1,
      captures: 1,
      refunds: 1,
      refunded: 1999,
    });
  });

  it('has one charge, however often and under whatever message it is told', async () => {
    const id = uuid();
    expect(await Promise.all([authorize(id), authorize(id), authorize(id)])).toEqual([done, done, done]);
    expect(await Promise.all([capture(id), capture(id)])).toEqual([done, done]);
    expect(await authorize(id)).toEqual(done);
    expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, captures: 1, captured: 1999 });
  });
});

describe('an order that is called off', () => {
  it('gets its money back, set aside or taken', async () => {
    const [aside, taken] = [uuid(), uuid()];
    await Promise.all([authorize(aside), authorize(taken)]);
    await capture(taken);
    expect(await Promise.all([refund(aside), refund(taken)])).toEqual([done, done]);
    expect(await shop.payment(aside)).toMatchObject({ status: 'VOIDED' });
    expect(await shop.ledger(aside)).toMatchObject({ voided: 1999, captures: 0, refunds: 0 });
    expect(await shop.ledger(taken)).toMatchObject({ captured: 1999, refunded: 1999 });
    expect(await capture(aside)).toEqual(failed('payments.not-capturable'));
    expect(await capture(taken)).toEqual(failed('payments.not-capturable'));
  });

  it('before it was paid can never be paid: the processor is not even asked', async () => {
    const id = uuid();
    expect(await cancel(id)).toEqual(done);
    expect(await authorize(id)).toEqual(failed('payments.refused'));
    expect(await refund(id)).toEqual(done);
    expect(await capture(id)).toEqual(failed('payments.not-capturable'));
    expect(await shop.payment(id)).toMatchObject({ status: 'VOIDED', amountMinor: 0 });
    expect(await shop.ledger(id)).toBeUndefined();
  });

  it('without a payment has nothing to capture', async () => {
    expect(await capture(uuid())).toEqual(failed('payments.not-capturable'));
  });
});

describe('a card that is declined', () => {
  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_authenticationRequired', 'authentication_required'],
    ['pm_card_threeDSecure2Required', 'authentication_required'],
  ])('%s is told with the reason, and again', async (method, code) => {
    const id = uuid();
    const failure = expect.objectContaining({ code: 'payments.declined', details: { code } }) as unknown;
    expect(await authorize(id, method)).toEqual({ ok: false, failure });
    expect(await authorize(id, method)).toEqual({ ok: false, failure });
    expect(await shop.payment(id)).toMatchObject({ status: 'DECLINED' });
    expect(await cancel(id)).toEqual(done);
    expect(await capture(id)).toEqual(failed('payments.not-capturable'));
  });
});

it("a payment method that the processor does not know is the caller's mistake, told so each time", async () => {
  const id = uuid();
  const said = failed('payments.invalid-method');
  expect([await authorize(id, 'pm_of_nobody'), await authorize(id, 'pm_of_nobody')]).toEqual([said, said]);
  expect(await shop.payment(id)).toMatchObject({ status: 'DECLINED' });
  expect(await cancel(id)).toEqual(done);
  expect(await shop.metric('payments_own_mistakes_total')).toBe(0);
});

it('a total of 0 is paid without the processor', async () => {
  const [sold, calledOff] = [uuid(), uuid()];
  const free = (orderId: string) =>
    shop.test.command(AuthorizePayment, {
      orderId,
      amountMinor: 0,
      currency: 'EUR',
      paymentMethod: 'pm_of_nobody',
    });
  const calls = () => shop.metric('payments_operations_total');
  const before = await calls();
  expect(await Promise.all([free(sold), free(calledOff)])).toEqual([done, done]);
  expect(await free(sold)).toEqual(done);
  expect(await capture(sold)).toEqual(done);
  expect(await cancel(calledOff)).toEqual(done);
  expect(await shop.payment(sold)).toMatchObject({ status: 'CAPTURED', amountMinor: 0 });
  expect(await refund(sold)).toEqual(done);
  expect(await shop.payment(sold)).toMatchObject({ status: 'REFUNDED' });
  expect(await shop.payment(calledOff)).toMatchObject({ status: 'VOIDED' });
  expect(await calls()).toBe(before);
});

it("an amount below the processor's least is not told as a decline", async () => {
  const small = { orderId: uuid(), amountMinor: 1, currency: 'EUR', paymentMethod: 'pm_card_visa' };
  expect(await shop.test.command(AuthorizePayment, small)).toEqual(failed('payments.invalid-amount'));
});

describe('a message', () => {
  it('that comes twice is answered once and charged once', async () => {
    const [id, message] = [uuid(), uuid()];
    await Promise.all([authorize(id, 'pm_card_visa', message), capture(uuid())]);
    await shop.test.publish(shop.test.published.filter((item) => item.id === message));
    await capture(id);
    const answers = shop.test.published.filter(
      ({ data }) => (data as { sagaId?: string }).sagaId === `test:${message}`,
    );
    expect(answers).toHaveLength(1);
    expect(await shop.ledger(id)).toMatchObject({ authorizations: 1, captures: 1 });
  });

  it('whose result could not be recorded is done again under the same key', async () => {
    const id = uuid();
    await shop.faults({
      operation: 'create',
      kind: 'delay',
      when: 'after',
      delayMs: 300,
      orderId: id,
      count: 1,
    });
    const answer = authorize(id);
    await eventually(async () => expect(await shop.ledger(id)).toBeDefined());
    await shop.test.database.query('ALTER TABLE inbox RENAME TO inbox_away');
    await eventually(() => expect(shop.test.published.some(({ attempt }) => attempt === 1)).toBe(true));
    await shop.test.database.query('ALTER TABLE inbox_away RENAME TO inbox');
    expect(await answer).toEqual(done);
    expect(await shop.ledger(id)).toMatchObject({ authorizations: 1 });
    expect(await shop.payment(id)).toMatchObject({ status: 'AUTHORIZED' });
  });
});
