import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import Stripe from 'stripe';

const main = join(import.meta.dirname, 'main.ts');
let dir: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'card-processor-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

async function start(): Promise<Stripe> {
  const args = ['--experimental-transform-types', '--no-warnings', main];
  child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], PORT: '0', CARD_PROCESSOR_DATA: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child!.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const ready = /"port":(\d+)/.exec(text);
      if (ready) resolve(Number(ready[1]));
    });
    child!.once('exit', (code) => reject(new Error(`exit ${code}: ${text}`)));
  });
  return new Stripe('sk_test_caravan', { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 });
}

const gone = (signal: NodeJS.Signals): Promise<number | null> =>
  new Promise((resolve) => {
    child!.removeAllListeners('exit').once('exit', resolve);
    child!.kill(signal);
  });

it('keeps its books and its answers over kill -9, and ends at once on SIGTERM', async () => {
  const params = { amount: 4999, currency: 'eur', payment_method: 'pm_card_visa', confirm: true } as const;
  let stripe = await start();
  const intent = await stripe.paymentIntents.create(params, { idempotencyKey: 'one' });
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 1000 });
  await gone('SIGKILL');

  stripe = await start();
  expect(await stripe.paymentIntents.create(params, { idempotencyKey: 'one' })).toEqual(intent);
  expect(await stripe.refunds.retrieve(refund.id)).toEqual(refund);
  expect((await stripe.events.list()).data.map(({ type }) => type)).toEqual([
    'charge.refunded',
    'payment_intent.succeeded',
  ]);
  expect(await gone('SIGTERM')).toBe(0);
});
