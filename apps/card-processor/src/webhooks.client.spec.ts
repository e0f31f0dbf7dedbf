import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import Stripe from 'stripe';
import { cardProcessorEnv } from './card-processor.env.ts';
import { SandboxService } from './sandbox.service.ts';

const SECRET = 'whsec_test_secret';
const card = { amount: 4999, currency: 'eur', capture_method: 'manual', confirm: true } as const;

interface Notice {
  readonly payload: string;
  readonly signature: string;
}

let shop: Server;
let sandbox: SandboxService;
let stripe: Stripe;
let base: string;
let notices: Notice[];
let heard: () => void;
let answers: number[];

beforeEach(async () => {
  notices = [];
  answers = [];
  heard = () => {};
  shop = createServer((request, response) => {
    let payload = '';
    request.on('data', (chunk: Buffer) => (payload += chunk.toString()));
    request.on('end', () => {
      notices.push({ payload, signature: String(request.headers['stripe-signature']) });
      response.writeHead(answers.shift() ?? 200).end();
      heard();
    });
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/hook`;
  sandbox = new SandboxService(
    cardProcessorEnv({ PORT: '0', WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: SECRET }),
    pino({ level: 'silent' }),
  );
  const port = await sandbox.start();
  base = `http://127.0.0.1:${port}`;
  stripe = new Stripe('sk_test_caravan', { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
});

afterEach(() => {
  sandbox.stop();
  shop.closeAllConnections();
  shop.close();
});

async function until(count: number): Promise<Stripe.Event[]> {
  await new Promise<void>((resolve) => {
    heard = () => notices.length >= count && resolve();
    heard();
  });
  return notices.map(({ payload }) => JSON.parse(payload) as Stripe.Event);
}
const setFaults = (...faults: object[]) =>
  fetch(`${base}/sandbox/faults`, { method: 'POST', body: JSON.stringify({ faults }) });

it('tells the whole life of a payment, signed as Stripe signs', async () => {
  const { id } = await stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa' });
  await stripe.paymentIntents.capture(id);
  await stripe.refunds.create({ payment_intent: id });
  const other = await stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa' });
  await stripe.paymentIntents.cancel(other.id);
  const bad = { ...card, payment_method: 'pm_card_visa_chargeDeclined' };
  await expect(stripe.paymentIntents.create(bad)).rejects.toThrow('declined');

  const events = await until(6);
  expect(events.map(({ type }) => type).sort()).toEqual([
    'charge.refunded',
    'payment_intent.amount_capturable_updated',
    'payment_intent.amount_capturable_updated',
    'payment_intent.canceled',
    'payment_intent.payment_failed',
    'payment_intent.succeeded',
  ]);
  for (const { payload, signature } of notices) {
    expect(stripe.webhooks.constructEvent(payload, signature, SECRET).object).toBe('event');
  }
  const kept = await stripe.events.list({ limit: 100 });
  expect(new Set(kept.data.map((event) => event.id))).toEqual(new Set(events.map((event) => event.id)));
  expect(await stripe.events.retrieve(events[0]!.id)).toEqual(events[0]);
});

it('tries again until it is heard', async () => {
  answers = [500];
  await stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa' });
  const [first, second] = await until(2);
  expect(second!.id).toBe(first!.id);
});

it('tells twice, wrongly signed, long ago, of a stranger, when asked to', async () => {
  const on = { operation: 'webhook' };
  await setFaults(
    { ...on, kind: 'duplicate' },
    { ...on, kind: 'bad-signature' },
    { ...on, kind: 'old' },
    { ...on, kind: 'unknown-payment' },
  );
  await stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa' });
  await until(5);
  const verdicts = notices.map(({ payload, signature }) => {
    try {
      const { object } = stripe.webhooks.constructEvent(payload, signature, SECRET).data;
      return 'id' in object && object.id === 'pi_unknown00000000000000000' ? 'unknown' : 'good';
    } catch (error) {
      return error instanceof Error && error.message.includes('Timestamp') ? 'old' : 'bad';
    }
  });
  expect(verdicts.sort()).toEqual(['bad', 'good', 'good', 'old', 'unknown']);
});

const paid = async (): Promise<string> =>
  (await stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa' })).id;
const statusOf = (event: Stripe.Event): string => (event.data.object as Stripe.PaymentIntent).status;

it('tells before the answer of the call', async () => {
  await setFaults({ operation: 'webhook', kind: 'early' });
  await paid();
  expect(notices).toHaveLength(1);
});

it('tells an event again a day later', async () => {
  await setFaults({ operation: 'webhook', kind: 'repeat', delayMs: 86_400_000 });
  await paid();
  await until(1);
  await fetch(`${base}/sandbox/clock`, { method: 'POST', body: JSON.stringify({ advanceMs: 86_400_000 }) });
  const [first, second] = await until(2);
  expect(second).toEqual(first);
});

it('tells events in another order than they happened in', async () => {
  await setFaults({ operation: 'webhook', kind: 'reorder' });
  const id = await paid();
  await stripe.paymentIntents.capture(id);
  expect((await until(2)).map(({ type }) => type)).toEqual([
    'payment_intent.succeeded',
    'payment_intent.amount_capturable_updated',
  ]);
});

it.each([
  ['as the object was', [], ['requires_capture', 'succeeded']],
  ['as the object is, when asked to', [{ operation: 'webhook', kind: 'fresh' }], ['succeeded', 'succeeded']],
])('tells a late event %s', async (_, faults, statuses) => {
  await setFaults({ operation: 'webhook', kind: 'delay', delayMs: 3_600_000 }, ...faults);
  const id = await paid();
  await stripe.paymentIntents.capture(id);
  await fetch(`${base}/sandbox/clock`, { method: 'POST', body: JSON.stringify({ advanceMs: 3_600_000 }) });
  expect((await until(2)).map(statusOf).sort()).toEqual(statuses);
});
