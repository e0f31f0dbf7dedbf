import { afterEach, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthorizePayment, GetPayments, VoidPayment } from '@caravan/contracts';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { paymentsEnv } from '../src/payments.env.ts';
import { PaymentsModule } from '../src/payments.module.ts';

interface Said {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** A processor that answers as it is told; by default it authorizes. */
let processor: Server;
let test: TestService;
let answer: (orderId: string, key: string, path: string) => Said | undefined;

async function start(): Promise<void> {
  answer = () => undefined;
  processor = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(text);
      const key = String(request.headers['idempotency-key'] ?? '');
      const path = request.url ?? '';
      const orderId = form.get('metadata[order_id]') ?? key.split(':')[0]!;
      const intent = {
        id: `pi_${orderId}`,
        object: 'payment_intent',
        status: 'requires_capture',
        amount: Number(form.get('amount')),
        metadata: { order_id: orderId },
      };
      const nothing = { object: 'search_result', data: [], has_more: false, url: '' };
      const usual = path.includes('/search') ? nothing : intent;
      const { status, body, headers } = answer(orderId, key, path) ?? { status: 200, body: usual };
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(processor, 'listening');
  test = await startTestService(PaymentsModule, paymentsEnv, {
    STRIPE_API_BASE: `http://127.0.0.1:${(processor.address() as AddressInfo).port}`,
    STRIPE_SECRET_KEY: 'sk_test_stub',
    STRIPE_WEBHOOK_SECRET: 'whsec_stub',
    STRIPE_TIMEOUT_MS: '1000',
  });
}
afterEach(async () => {
  await test.stop();
  processor.closeAllConnections();
  processor.close();
});

const authorize = (orderId: string) =>
  test.command(AuthorizePayment, {
    orderId,
    amountMinor: 1999,
    currency: 'EUR',
    paymentMethod: 'pm_card_visa',
  });
const statusOf = async (orderId: string) =>
  (await test.ask(GetPayments, { orderIds: [orderId] })).payments[0]?.status;
const metric = async (name: string) => {
  const metrics = await (await fetch(`${test.service.managementUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}\\S* (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
};
const done = { ok: true, data: {} };
const later = () => test.database.query("UPDATE payments SET due_at = now() WHERE status = 'UNKNOWN'");

it.each([
  ['NUL', 'upstream said: \0'],
  ['half a surrogate pair', `${'x'.repeat(291)}\ud83d\ude00`],
  ['a lone surrogate', '\udc00'],
  ['a megabyte', 'x'.repeat(900_000)],
])(
  'an error with %s in its text is counted as any other, and holds up no other payment',
  async (_, message) => {
    await start();
    const [sick, well] = [uuid(), uuid()];
    const error = { type: 'api_error', code: message.slice(0, 400), message };
    answer = (orderId) => (orderId === sick ? { status: 500, body: { error } } : undefined);
    const pending = authorize(sick);
    expect(await authorize(well)).toEqual(done);
    await eventually(async () => {
      await later();
      const { rows } = await test.database.query('SELECT attempts FROM payments WHERE order_id = $1', [sick]);
      expect((rows[0] as { attempts: number }).attempts).toBeGreaterThanOrEqual(3);
    });
    expect(await statusOf(sick)).toBe('UNKNOWN');
    answer = () => undefined;
    await later();
    expect(await pending).toEqual(done);
  },
);

it.each([
  ['a parameter', 400, { type: 'invalid_request_error', code: 'parameter_unknown', param: 'confirm' }],
  ['the address', 404, { type: 'invalid_request_error', code: 'resource_missing', param: 'intent' }],
  ['the key', 401, { type: 'invalid_request_error' }],
  ['a right', 403, { type: 'invalid_request_error' }],
])(
  'a request that is refused because of %s is no decline: an alarm, and another try',
  async (_, status, error) => {
    await start();
    const id = uuid();
    answer = () => ({ status, body: { error: { ...error, message: 'no' } } });
    const pending = authorize(id);
    await eventually(async () =>
      expect(await metric('payments_own_mistakes_total')).toBeGreaterThanOrEqual(1),
    );
    expect(await statusOf(id)).not.toBe('DECLINED');
    answer = () => undefined;
    await later();
    expect(await pending).toEqual(done);
  },
);

it('a mistake of ours that lasts ends in no charge, when the order is called off', async () => {
  await start();
  const id = uuid();
  answer = (_, __, path) =>
    path.includes('/search')
      ? undefined
      : {
          status: 400,
          body: { error: { type: 'invalid_request_error', code: 'parameter_unknown', message: 'no' } },
        };
  const pending = authorize(id);
  await eventually(async () => expect(await statusOf(id)).toBe('UNKNOWN'));
  const voided = test.command(VoidPayment, { orderId: id });
  await test.database.query("UPDATE payments SET created_at = now() - interval '1 minute', due_at = now()");
  expect(await voided).toEqual(done);
  expect(await pending).toMatchObject({ ok: false });
});

it.each(['0.0001', '2.71828', '-5', '1e9', 'Wed, 21 Oct 2015 07:28:00 GMT', 'NaN', ''])(
  'Retry-After: %j spoils nothing',
  async (after) => {
    await start();
    const ids = [uuid(), uuid(), uuid()];
    const [first] = ids;
    let limited = true;
    answer = (orderId) =>
      limited && orderId === first
        ? {
            status: 429,
            body: { error: { type: 'rate_limit_error', message: 'slow' } },
            headers: { 'Retry-After': after },
          }
        : undefined;
    const answers = Promise.all(ids.map(authorize));
    await eventually(async () => expect(await statusOf(first!)).toBe('UNKNOWN'));
    limited = false;
    await later();
    expect(await answers).toEqual([done, done, done]);
  },
);

it('one payment that cannot be written is put aside with an alarm, and its neighbours are recorded', async () => {
  await start();
  const ids = Array.from({ length: 6 }, () => uuid());
  const odd = ids[2]!;
  answer = () => ({ status: 500, body: { error: { type: 'api_error', message: 'down' } } });
  const answers = ids.map(authorize);
  await eventually(async () => {
    for (const id of ids) expect(await statusOf(id)).toBe('UNKNOWN');
  });
  await test.database.query(
    `ALTER TABLE payments ADD CONSTRAINT odd CHECK (order_id <> '${odd}' OR status <> 'AUTHORIZED') NOT VALID`,
  );
  answer = () => undefined;
  await later();
  expect(await Promise.all(answers.filter((_, at) => at !== 2))).toEqual(ids.slice(1).map(() => done));
  await eventually(async () => expect(await metric('payments_stuck')).toBe(1));
  await test.database.query(`ALTER TABLE payments DROP CONSTRAINT odd`);
  await later();
  expect(await answers[2]).toEqual(done);
});
