import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import Stripe from 'stripe';
import { cardProcessorEnv } from './card-processor.env.ts';
import { SandboxService } from './sandbox.service.ts';

const sandbox = new SandboxService(cardProcessorEnv({ PORT: '0' }), pino({ level: 'silent' }));
let port: number;
let base: string;
let stripe: Stripe;

beforeAll(async () => {
  port = await sandbox.start();
  base = `http://127.0.0.1:${port}`;
  stripe = new Stripe('sk_test_caravan', { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
});
beforeEach(() => fetch(`${base}/sandbox/reset`, { method: 'POST' }));
afterAll(() => sandbox.stop());

const create = (over: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount: 4999,
    currency: 'eur',
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
    metadata: { order_id: 'd-1' },
    ...over,
  });
const act = async (body: object): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${base}/sandbox/dashboard`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const ledger = async (): Promise<unknown> =>
  (await (await fetch(`${base}/sandbox/ledger?orderId=d-1`)).json()) as unknown;
const newest = async (): Promise<Stripe.Event> => (await stripe.events.list({ limit: 1 })).data[0]!;

describe('at the dashboard', () => {
  it('a payment is captured, refunded in part, disputed, and won', async () => {
    await create();
    expect(await act({ action: 'capture', orderId: 'd-1' })).toMatchObject({
      status: 200,
      body: { object: 'payment_intent', status: 'succeeded' },
    });
    expect(await act({ action: 'refund', orderId: 'd-1', amount: 1000 })).toMatchObject({
      body: { object: 'refund', amount: 1000, metadata: {} },
    });
    expect(await newest()).toMatchObject({
      type: 'charge.refunded',
      request: { id: null, idempotency_key: null },
      data: { object: { object: 'charge', amount_refunded: 1000, refunded: false } },
    });
    expect(await act({ action: 'dispute', orderId: 'd-1' })).toMatchObject({
      body: { object: 'dispute', amount: 3999, status: 'needs_response' },
    });
    expect(await act({ action: 'refund', orderId: 'd-1' })).toMatchObject({
      status: 400,
      body: { error: { code: 'charge_disputed' } },
    });
    expect(await act({ action: 'close-dispute', orderId: 'd-1', outcome: 'won' })).toMatchObject({
      body: { status: 'won' },
    });
    expect(await newest()).toMatchObject({ type: 'charge.dispute.closed' });
    expect(await ledger()).toMatchObject([{ captured: 4999, refunded: 1000, disputed: 0, disputes: 1 }]);
  });

  it('a hold is cancelled, by the id of its payment too', async () => {
    const { id } = await create();
    expect(await act({ action: 'cancel', paymentIntent: id })).toMatchObject({
      body: { status: 'canceled' },
    });
    expect(await act({ action: 'cancel', paymentIntent: id })).toMatchObject({
      status: 400,
      body: { error: { code: 'payment_intent_unexpected_state' } },
    });
  });

  it('a customer authenticates, or does not', async () => {
    const method = { payment_method: 'pm_card_authenticationRequired' };
    await create(method);
    expect(await act({ action: 'authenticate', orderId: 'd-1', succeeds: false })).toMatchObject({
      body: {
        status: 'requires_payment_method',
        last_payment_error: { code: 'payment_intent_authentication_failure' },
      },
    });
    await create(method);
    expect(await act({ action: 'authenticate', orderId: 'd-1' })).toMatchObject({
      body: { status: 'requires_capture' },
    });
    expect(await ledger()).toMatchObject([{ authorizations: 1 }]);
  });

  it('nothing happens to what is not there or is misspelled', async () => {
    expect((await act({ action: 'refund', orderId: 'none' })).status).toBe(404);
    expect((await act({ action: 'refund' })).status).toBe(400);
    expect((await act({ action: 'give', orderId: 'd-1' })).status).toBe(400);
    expect((await fetch(`${base}/sandbox/dashboard`, { method: 'POST', body: '{' })).status).toBe(400);
  });
});

describe('amounts and currencies', () => {
  it.each([
    [50, 'eur'],
    [30, 'gbp'],
    [50, 'jpy'],
    [99_999_999, 'usd'],
    [1_230, 'kwd'],
    [500, 'isk'],
  ])('%i %s is taken', async (amount, currency) => {
    expect(await create({ amount, currency })).toMatchObject({ amount, currency });
  });

  it.each([
    [49, 'eur', 'amount_too_small'],
    [29, 'gbp', 'amount_too_small'],
    [49, 'jpy', 'amount_too_small'],
    [0, 'eur', 'parameter_invalid_integer'],
    [100_000_000, 'eur', 'amount_too_large'],
    [1_234, 'kwd', undefined],
    [450, 'isk', undefined],
    [1_000, 'xxx', undefined],
  ])('%i %s is refused as %s', async (amount, currency, code) => {
    await expect(create({ amount, currency })).rejects.toMatchObject({
      statusCode: 400,
      rawType: 'invalid_request_error',
      code,
      param: currency === 'xxx' ? 'currency' : 'amount',
    });
  });
});

describe('parameters that do not belong', () => {
  it.each([
    [{ automatic_payment_methods: { enabled: true, redirects: 'never' } }, 'parameter_unknown'],
    [{ automatic_payment_methods: { enabled: true }, payment_method_types: ['card'] }, undefined],
    [{ confirm: false, error_on_requires_action: true }, undefined],
    [{ payment_method: 'pm_card_nonesuch' }, 'resource_missing'],
  ])('%o is refused', async (over, code) => {
    const error = await create(over as Partial<Stripe.PaymentIntentCreateParams>).catch((e: unknown) => e);
    expect(error).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error' });
    expect((error as { code?: string }).code).toBe(code);
  });
});

describe('other names and other pages', () => {
  const ask = (path: string, headers: Record<string, string>, method = 'GET'): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on('error', reject);
      call.end(method === 'POST' ? '{"faults":[]}' : undefined);
    });

  it.each(['/sandbox/ledger', '/health', '/v1/payment_intents'])(
    '%s is not told to another name',
    async (path) => {
      expect(await ask(path, { Host: 'evil.example' })).toBe(421);
      expect(await ask(path, { Host: `localhost:${port}` })).not.toBe(421);
    },
  );

  it.each(['/sandbox/reset', '/sandbox/faults', '/sandbox/clock', '/sandbox/dashboard'])(
    '%s is not for foreign pages',
    async (path) => {
      const from = (Origin: string, type: string) =>
        ask(path, { Host: `127.0.0.1:${port}`, Origin, 'Content-Type': type }, 'POST');
      expect(await from('https://evil.example', 'text/plain')).toBe(403);
      expect(await from('https://evil.example', 'application/json')).toBe(403);
      expect(await from('null', 'application/x-www-form-urlencoded')).toBe(403);
      expect(await from('http://127.0.0.1:5173', 'text/plain')).toBe(403);
      expect(await from('http://127.0.0.1:5173', 'application/json')).not.toBe(403);
    },
  );
});
