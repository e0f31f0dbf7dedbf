import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import Stripe from 'stripe';
import { cardProcessorEnv } from './card-processor.env.ts';
import { SandboxService } from './sandbox.service.ts';

const sandbox = new SandboxService(cardProcessorEnv({ PORT: '0' }), pino({ level: 'silent' }));
let base: string;
let stripe: Stripe;

beforeAll(async () => {
  const port = await sandbox.start();
  base = `http://127.0.0.1:${port}`;
  stripe = new Stripe('sk_test_caravan', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    timeout: 5_000,
    telemetry: false,
  });
});
beforeEach(() => fetch(`${base}/sandbox/reset`, { method: 'POST' }));
afterAll(() => sandbox.stop());

const params = (orderId: string, over: Partial<Stripe.PaymentIntentCreateParams> = {}) => ({
  amount: 4999,
  currency: 'EUR',
  capture_method: 'manual' as const,
  confirm: true,
  payment_method: 'pm_card_visa',
  payment_method_types: ['card'],
  off_session: true,
  metadata: { order_id: orderId },
  ...over,
});
const authorize = (
  orderId: string,
  over: Partial<Stripe.PaymentIntentCreateParams> = {},
  key = `${orderId}:authorize`,
) => stripe.paymentIntents.create(params(orderId, over), { idempotencyKey: key });
const ledger = async (orderId: string): Promise<unknown[]> =>
  (await (await fetch(`${base}/sandbox/ledger?orderId=${orderId}`)).json()) as unknown[];
const setFaults = (...faults: object[]) =>
  fetch(`${base}/sandbox/faults`, { method: 'POST', body: JSON.stringify({ seed: 7, faults }) });
async function firedFault(): Promise<void> {
  const { faults } = (await (await fetch(`${base}/sandbox/faults`)).json()) as {
    faults: { fired: number }[];
  };
  if (faults.every(({ fired }) => fired === 0)) await firedFault();
}
const failure = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
};

describe('a payment', () => {
  it('is authorized, captured, refunded; the ledger shows each once', async () => {
    const intent = await authorize('o-1');
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 4999, currency: 'eur' });
    expect(intent.lastResponse.requestId).toMatch(/^req_/);
    const captured = await stripe.paymentIntents.capture(intent.id, {}, { idempotencyKey: 'o-1:capture' });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 4999, amount_capturable: 0 });
    const refund = await stripe.refunds.create(
      { payment_intent: intent.id },
      { idempotencyKey: 'o-1:refund' },
    );
    expect(refund).toMatchObject({ status: 'succeeded', amount: 4999, payment_intent: intent.id });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ id: refund.id });
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(1);
    const seen = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(seen.latest_charge).toMatchObject({ amount_refunded: 4999, refunded: true });
    expect(await ledger('o-1')).toEqual([
      {
        orderId: 'o-1',
        currency: 'eur',
        authorized: 4999,
        captured: 4999,
        refunded: 4999,
        voided: 0,
        authorizations: 1,
        captures: 1,
        refunds: 1,
      },
    ]);
  });

  it('is declined with 402, a decline code and the intent; the same key gives the same', async () => {
    const declined = () =>
      failure(authorize('o-2', { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }));
    const [first, again] = [await declined(), await declined()];
    expect(first).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(first).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    });
    expect(first.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    expect(again.payment_intent?.id).toBe(first.payment_intent?.id);
    expect(await ledger('o-2')).toEqual([]);
    const saved = await stripe.paymentIntents.confirm(first.payment_intent!.id, {
      payment_method: 'pm_card_visa',
    });
    expect(saved.status).toBe('requires_capture');
  });

  it('that was captured cannot be cancelled; one that was voided cannot be captured', async () => {
    const captured = await authorize('o-3');
    await stripe.paymentIntents.capture(captured.id);
    expect(await failure(stripe.paymentIntents.cancel(captured.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'succeeded' },
    });
    const voided = await authorize('o-4');
    await stripe.paymentIntents.cancel(voided.id, { cancellation_reason: 'abandoned' });
    expect(await failure(stripe.paymentIntents.capture(voided.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect(await ledger('o-4')).toMatchObject([{ authorized: 4999, voided: 4999, captured: 0 }]);
  });

  it('is found by its order, listed and paged', async () => {
    const ids: string[] = [];
    for (const order of ['p-1', 'p-2', 'p-3']) ids.unshift((await authorize(order)).id);
    const found = await stripe.paymentIntents.search({
      query: "metadata['order_id']:'p-2' AND status:'requires_capture'",
    });
    expect(found.data.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await stripe.paymentIntents.search({ query: 'metadata["order_id"]:"none"' })).data).toEqual([]);
    const listed: string[] = [];
    for await (const intent of stripe.paymentIntents.list({ limit: 2 })) listed.push(intent.id);
    expect(listed).toEqual(ids);
  });
});

describe('an idempotency key', () => {
  it('gives the stored answer, however often', async () => {
    const first = await authorize('k-1');
    await stripe.paymentIntents.capture(first.id);
    const again = await authorize('k-1');
    expect(again).toEqual(first);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await ledger('k-1')).toMatchObject([{ authorizations: 1 }]);
  });

  it('with other parameters is a 400 idempotency_error', async () => {
    await authorize('k-2');
    const error = await failure(authorize('k-2', { amount: 5000 }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error.statusCode).toBe(400);
  });

  it('in flight is a 409', async () => {
    await setFaults({ operation: 'create', kind: 'delay', delayMs: 300 });
    const first = authorize('k-3');
    await firedFault();
    expect(await failure(authorize('k-3'))).toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    });
    expect((await first).status).toBe('requires_capture');
  });

  it('is not used up by a bad parameter', async () => {
    expect(await failure(authorize('k-4', { amount: 0 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
    expect((await authorize('k-4')).status).toBe('requires_capture');
  });
});

describe('what is wrong is refused', () => {
  it.each([
    ['no amount', { amount: undefined as unknown as number }, { param: 'amount', code: 'parameter_missing' }],
    ['a small amount', { amount: 10 }, { param: 'amount', code: 'amount_too_small' }],
    ['a currency', { currency: 'euros' }, { param: 'currency' }],
    ['a card', { payment_method: 'pm_none' }, { param: 'payment_method', code: 'resource_missing' }],
    ['an unknown parameter', { amuont: 1 } as object, { param: 'amuont', code: 'parameter_unknown' }],
  ])('%s', async (_, over, expected) => {
    expect(await failure(authorize('w-1', over))).toMatchObject({ statusCode: 400, ...expected });
  });

  it('unknown things are 404, a bad key 401, an unknown address 404', async () => {
    expect(await failure(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(await failure(stripe.paymentIntents.capture('pi_none'))).toMatchObject({ statusCode: 404 });
    expect(await failure(stripe.paymentIntents.retrieve('pi_x', {}, { apiKey: 'pk_oops' }))).toMatchObject({
      statusCode: 401,
    });
    expect((await fetch(`${base}/v1/payment_intents`)).status).toBe(401);
    expect(await failure(stripe.customers.list())).toMatchObject({ statusCode: 404 });
  });

  it('too much is neither captured nor refunded', async () => {
    const { id } = await authorize('w-2');
    expect(await failure(stripe.paymentIntents.capture(id, { amount_to_capture: 5000 }))).toMatchObject({
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
    await stripe.paymentIntents.capture(id);
    await stripe.refunds.create({ payment_intent: id, amount: 4000 });
    expect(await failure(stripe.refunds.create({ payment_intent: id, amount: 1000 }))).toMatchObject({
      param: 'amount',
    });
    await stripe.refunds.create({ payment_intent: id });
    expect(await failure(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
  });
});

describe("the sandbox's own cards", () => {
  it('lost answer: charged, the answer never comes, the same key tells it', async () => {
    const lost = () => params('q-1', { payment_method: 'pm_sandbox_lost_answer' });
    const error = await failure(
      stripe.paymentIntents.create(lost(), { idempotencyKey: 'q-1', timeout: 200 }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await ledger('q-1')).toMatchObject([{ authorizations: 1 }]);
    const told = await stripe.paymentIntents.create(lost(), { idempotencyKey: 'q-1' });
    expect(told.status).toBe('requires_capture');
    expect(await ledger('q-1')).toMatchObject([{ authorizations: 1 }]);
  });

  it('flaky: two 500s, then success, with one key or with three', async () => {
    for (const keys of [
      ['a', 'a', 'a'],
      ['b', 'c', 'd'],
    ]) {
      const flaky = (key: string) => authorize(`q-${keys[0]}`, { payment_method: 'pm_sandbox_flaky' }, key);
      expect(await failure(flaky(keys[0]!))).toMatchObject({ statusCode: 500, rawType: 'api_error' });
      expect(await failure(flaky(keys[1]!))).toMatchObject({ statusCode: 500 });
      expect((await flaky(keys[2]!)).status).toBe('requires_capture');
      expect(await ledger(`q-${keys[0]}`)).toMatchObject([{ authorizations: 1 }]);
    }
  });
});

describe('faults', () => {
  it('429 says when to come back and has no effect', async () => {
    await setFaults({ operation: 'create', kind: 'error', status: 429, retryAfter: 2, count: 1 });
    const error = await failure(authorize('f-1'));
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error.headers?.['retry-after']).toBe('2');
    expect(await ledger('f-1')).toEqual([]);
    expect((await authorize('f-1')).status).toBe('requires_capture');
  });

  it('a 500 after execution hides what happened; kept under the key, it stays a 500', async () => {
    await setFaults({ operation: 'create', kind: 'error', when: 'after', count: 1 });
    expect((await failure(authorize('f-2'))).statusCode).toBe(500);
    expect((await authorize('f-2')).status).toBe('requires_capture');
    await setFaults({ operation: 'create', kind: 'error', when: 'after', stored: true, count: 1 });
    expect((await failure(authorize('f-3'))).statusCode).toBe(500);
    expect((await failure(authorize('f-3'))).statusCode).toBe(500);
    expect(await ledger('f-3')).toMatchObject([{ authorizations: 1 }]);
    expect((await stripe.paymentIntents.search({ query: "metadata['order_id']:'f-3'" })).data).toHaveLength(
      1,
    );
  });

  it.each([
    ['garbage', 'f-4', Stripe.errors.StripeAPIError],
    ['reset', 'f-5', Stripe.errors.StripeConnectionError],
  ])('%s: executed, told by the same key', async (kind, orderId, type) => {
    await setFaults({ operation: 'create', kind, count: 2 });
    expect(await failure(authorize(orderId))).toBeInstanceOf(type);
    await setFaults();
    expect((await authorize(orderId)).status).toBe('requires_capture');
    expect(await ledger(orderId)).toMatchObject([{ authorizations: 1 }]);
  });

  it('a drip comes whole in the end; lost before execution, nothing happened', async () => {
    await setFaults({ operation: 'create', kind: 'drip', delayMs: 1 });
    expect((await authorize('f-6')).status).toBe('requires_capture');
    await setFaults({ operation: 'capture', kind: 'lost', when: 'before' });
    const { id } = await authorize('f-6');
    expect(await failure(stripe.paymentIntents.capture(id, {}, { timeout: 100 }))).toMatchObject({
      type: 'StripeConnectionError',
    });
    expect(await ledger('f-6')).toMatchObject([{ captures: 0 }]);
  });

  it('a refund can fail, search can be behind', async () => {
    await setFaults({ operation: 'refund', kind: 'refund-fails' }, { operation: 'search', kind: 'stale' });
    const { id } = await authorize('f-7');
    await stripe.paymentIntents.capture(id);
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ status: 'failed' });
    expect(await ledger('f-7')).toMatchObject([{ refunded: 0, refunds: 0 }]);
    expect((await stripe.paymentIntents.search({ query: "metadata['order_id']:'f-7'" })).data).toEqual([]);
  });

  it('are shown, checked and taken back', async () => {
    expect((await setFaults({ operation: 'nonsense', kind: 'delay' })).status).toBe(400);
    await setFaults({ operation: '*', kind: 'delay', delayMs: 1 });
    expect(await (await fetch(`${base}/sandbox/faults`)).json()).toMatchObject({
      seed: 7,
      faults: [{ kind: 'delay' }],
    });
    await fetch(`${base}/sandbox/faults`, { method: 'DELETE' });
    expect(await (await fetch(`${base}/sandbox/faults`)).json()).toMatchObject({ faults: [] });
  });
});
