import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import Stripe from 'stripe';
import { cardProcessorEnv } from './card-processor.env.ts';
import { SandboxService } from './sandbox.service.ts';

const HOUR = 3_600_000;
let dir: string;
let sandbox: SandboxService;
let base: string;
let stripe: Stripe;

async function start(): Promise<void> {
  sandbox = new SandboxService(
    cardProcessorEnv({ PORT: '0', CARD_PROCESSOR_DATA: dir }),
    pino({ level: 'silent' }),
  );
  const port = await sandbox.start();
  base = `http://127.0.0.1:${port}`;
  stripe = new Stripe('sk_test_caravan', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'card-processor-'));
  await start();
});
afterEach(() => {
  sandbox.stop();
  rmSync(dir, { recursive: true });
});

const authorize = (method: string, orderId: string, key = `${orderId}:authorize`) =>
  stripe.paymentIntents.create(
    {
      amount: 4999,
      currency: 'eur',
      capture_method: 'manual',
      confirm: true,
      payment_method: method,
      metadata: { order_id: orderId },
    },
    { idempotencyKey: key },
  );
const captured = async (method: string, orderId: string): Promise<string> => {
  const { id } = await authorize(method, orderId);
  await stripe.paymentIntents.capture(id);
  return id;
};
const clock = (body: object) =>
  fetch(`${base}/sandbox/clock`, { method: 'POST', body: JSON.stringify(body) });
const advance = (advanceMs: number) => clock({ advanceMs });
const ledger = async (orderId: string): Promise<unknown> =>
  (await (await fetch(`${base}/sandbox/ledger?orderId=${orderId}`)).json()) as unknown;
const types = async (): Promise<string[]> =>
  (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse();
const chargeOf = async (id: string): Promise<Stripe.Charge> => {
  const { latest_charge: charge } = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  return charge as Stripe.Charge;
};

describe('a flaky card', () => {
  it('fails twice for an order, also when the sandbox is restarted in between', async () => {
    const flaky = () => authorize('pm_sandbox_flaky', 't-flaky');
    await expect(flaky()).rejects.toMatchObject({ statusCode: 500 });
    sandbox.stop();
    await start();
    await expect(flaky()).rejects.toMatchObject({ statusCode: 500 });
    sandbox.stop();
    await start();
    expect((await flaky()).status).toBe('requires_capture');
  });
});

describe('the clock', () => {
  it('moves forward by a distance or to a time, is kept over a restart, and ends with a reset', async () => {
    const later = new Date(Date.now() + 48 * HOUR).toISOString();
    expect((await (await clock({ now: later })).json()) as object).toMatchObject({
      now: expect.stringContaining(later.slice(0, 16)),
    });
    const { created } = await authorize('pm_card_visa', 't-1');
    expect(created).toBeGreaterThan(Date.now() / 1000 + 47 * 3600);
    expect((await clock({ now: new Date().toISOString() })).status).toBe(400);
    expect((await advance(-1)).status).toBe(400);

    sandbox.stop();
    await start();
    const { offsetMs } = (await (await fetch(`${base}/sandbox/clock`)).json()) as { offsetMs: number };
    expect(offsetMs).toBeGreaterThan(47 * HOUR);
    await fetch(`${base}/sandbox/reset`, { method: 'POST' });
    expect(await (await fetch(`${base}/sandbox/clock`)).json()).toMatchObject({ offsetMs: 0 });
  });

  it('ends idempotency keys after 24 hours: the same key charges again', async () => {
    const first = await authorize('pm_card_visa', 't-2');
    await advance(23 * HOUR);
    expect((await authorize('pm_card_visa', 't-2')).id).toBe(first.id);
    await advance(HOUR);
    const second = await authorize('pm_card_visa', 't-2');
    expect(second.id).not.toBe(first.id);
    expect((await authorize('pm_card_visa', 't-2')).id).toBe(second.id);
    expect(await ledger('t-2')).toMatchObject([{ authorizations: 2 }]);
  });

  it('ends a hold after seven days: canceled, reason automatic, counted as voided', async () => {
    const { id } = await authorize('pm_card_visa', 't-3');
    await advance(6 * 24 * HOUR);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
    sandbox.stop();
    await start();
    await advance(24 * HOUR);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    expect(await ledger('t-3')).toMatchObject([{ authorized: 4999, voided: 4999, captured: 0 }]);
    expect(await types()).toEqual([
      'payment_intent.amount_capturable_updated',
      'payment_intent.canceled',
      'charge.expired',
    ]);
    await expect(stripe.paymentIntents.capture(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });
});

describe('a refund', () => {
  it('to pm_card_pendingRefund is pending first, and the ledger counts it when it succeeds', async () => {
    const id = await captured('pm_card_pendingRefund', 't-4');
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe('pending');
    expect(await ledger('t-4')).toMatchObject([{ refunded: 0, refunds: 0 }]);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 4999, refunded: true });
    await advance(10_000);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(await ledger('t-4')).toMatchObject([{ refunded: 4999, refunds: 1 }]);
    expect((await types()).slice(-3)).toEqual(['charge.refunded', 'refund.updated', 'charge.refund.updated']);
  });

  it('to pm_card_refundFail succeeds and fails later, told by three events; the replay tells the old answer', async () => {
    const id = await captured('pm_card_refundFail', 't-5');
    const refunding = () => stripe.refunds.create({ payment_intent: id }, { idempotencyKey: 't-5:refund' });
    const refund = await refunding();
    expect(refund.status).toBe('succeeded');
    expect(await ledger('t-5')).toMatchObject([{ refunded: 4999, refunds: 1 }]);
    await advance(10_000);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect((await refunding()).status).toBe('succeeded');
    expect(await ledger('t-5')).toMatchObject([{ refunded: 0, refunds: 0 }]);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect((await types()).slice(-3)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
    expect((await stripe.refunds.list({ payment_intent: id })).data.map(({ status }) => status)).toEqual([
      'failed',
    ]);
    expect((await stripe.refunds.create({ payment_intent: id })).status).toBe('succeeded');
  });

  it.each([
    ['refund-fails-later', 'succeeded', 'failed'],
    ['refund-pending', 'pending', 'succeeded'],
    ['refund-pending-fails', 'pending', 'failed'],
  ])('goes on by the fault %s, also over a restart', async (kind, first, last) => {
    const id = await captured('pm_card_visa', 't-6');
    const faults = [{ operation: 'refund', kind, delayMs: HOUR, count: 1 }];
    await fetch(`${base}/sandbox/faults`, { method: 'POST', body: JSON.stringify({ faults }) });
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe(first);
    await advance(HOUR / 2);
    sandbox.stop();
    await start();
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe(first);
    await advance(HOUR / 2 + 1000);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe(last);
  });
});

describe('a dispute', () => {
  it('takes the money back after the capture; a refund is refused until it is won', async () => {
    const id = await captured('pm_card_createDispute', 't-7');
    await advance(10_000);
    expect(await chargeOf(id)).toMatchObject({ disputed: true });
    const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data;
    expect(dispute).toMatchObject({ amount: 4999, reason: 'fraudulent', status: 'needs_response' });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      statusCode: 400,
      code: 'charge_disputed',
    });
    expect(await ledger('t-7')).toMatchObject([{ captured: 4999, disputed: 4999, disputes: 1 }]);
    await stripe.disputes.update(dispute!.id, { evidence: { uncategorized_text: 'winning_evidence' } });
    expect(await stripe.disputes.retrieve(dispute!.id)).toMatchObject({ status: 'won' });
    expect(await ledger('t-7')).toMatchObject([{ disputed: 0, disputes: 1 }]);
    expect((await stripe.refunds.create({ payment_intent: id })).status).toBe('succeeded');
    expect((await types()).slice(2)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
      'charge.refunded',
    ]);
  });

  it('that is accepted is lost, once', async () => {
    const id = await captured('pm_card_createDispute', 't-8');
    await advance(10_000);
    const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data;
    expect((await stripe.disputes.close(dispute!.id)).status).toBe('lost');
    await expect(stripe.disputes.close(dispute!.id)).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
    expect(await ledger('t-8')).toMatchObject([{ disputed: 4999 }]);
  });
});

describe('a card that wants authentication', () => {
  const create = (over: Partial<Stripe.PaymentIntentCreateParams>) =>
    stripe.paymentIntents.create({
      amount: 4999,
      currency: 'eur',
      capture_method: 'manual',
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      metadata: { order_id: 't-9' },
      ...over,
    });

  it('asks for an action', async () => {
    const intent = await create({});
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    await expect(stripe.paymentIntents.capture(intent.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect((await stripe.paymentIntents.cancel(intent.id)).status).toBe('canceled');
    expect(await ledger('t-9')).toEqual([]);
  });

  it.each([
    [{ error_on_requires_action: true }, 'authentication_not_handled'],
    [{ off_session: true }, 'authentication_required'],
  ])('is declined with %o', async (over, declineCode) => {
    await expect(create(over)).rejects.toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      decline_code: declineCode,
      payment_intent: { status: 'requires_payment_method' },
    });
    expect(await types()).toEqual(['payment_intent.payment_failed']);
  });
});
