import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
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

const authorize = (orderId: string, message = uuid()) =>
  shop.test.command(
    AuthorizePayment,
    { orderId, amountMinor: 1999, currency: 'EUR', paymentMethod: 'pm_card_visa' },
    message,
  );
const capture = (orderId: string) => shop.test.command(CapturePayment, { orderId });
const cancel = (orderId: string) => shop.test.command(VoidPayment, { orderId });
const refund = (orderId: string) => shop.test.command(RefundPayment, { orderId });
const done = { ok: true, data: {} };

it('a key that the processor has forgotten is never used again: what was charged is found, else nothing is', async () => {
  const [charged, never] = [uuid(), uuid()];
  const [first, second] = [uuid(), uuid()];
  // As a process left them that was about to ask, a day ago.
  await shop.test.database.query(
    `INSERT INTO payments (order_id, status, operation, begun_by, amount_minor, currency, method, due_at, created_at)
     SELECT o, 'PENDING', 'authorize', m, 1999, 'EUR', 'pm_card_visa', now() + interval '1 hour', now() - interval '1 day'
     FROM unnest($1::uuid[], $2::uuid[]) AS left_behind (o, m)`,
    [
      [charged, never],
      [first, second],
    ],
  );
  await shop.chargeBehind(charged);
  expect(await authorize(charged, first)).toEqual(done);
  expect(await authorize(never, second)).toMatchObject({ ok: false, failure: { code: 'payments.declined' } });
  expect(await shop.ledger(charged)).toMatchObject({ authorizations: 1 });
  expect(await shop.ledger(never)).toBeUndefined();
});

it('a refund that fails again and again raises an alarm, and is done when it can be', async () => {
  const id = uuid();
  await authorize(id);
  await capture(id);
  await shop.faults({ operation: 'refund', kind: 'refund-fails', orderId: id });
  const refunded = refund(id);
  const stuck = async () => {
    const metrics = await (await fetch(`${shop.test.service.managementUrl}/metrics`)).text();
    return /^payments_stuck\S* (\d+)$/m.exec(metrics)?.[1];
  };
  await eventually(async () => {
    await shop.test.database.query(
      'UPDATE payments SET due_at = now() WHERE order_id = $1 AND attempts > 0',
      [id],
    );
    expect(await stuck()).toBe('1');
  });
  await shop.faults();
  expect(await refunded).toEqual(done);
  expect(await stuck()).toBe('0');
  expect(await shop.ledger(id)).toMatchObject({ captured: 1999, refunded: 1999, refunds: 1 });
});

it('whatever is told, in whatever order and however often: nothing is taken twice, and a refund leaves nothing', async () => {
  await shop.faults(
    { operation: '*', kind: 'error', when: 'after', probability: 0.15 },
    { operation: '*', kind: 'reset', probability: 0.15 },
    { operation: 'webhook', kind: 'duplicate' },
  );
  const orders = Array.from({ length: 24 }, () => uuid());
  const verbs = [authorize, capture, cancel, authorize, capture, refund];
  await Promise.all(
    orders.flatMap((id, turn) => verbs.map((_, at) => verbs[(turn + at * 5) % verbs.length]!(id))),
  );
  await shop.faults();
  expect(await Promise.all(orders.map((id) => refund(id)))).toEqual(orders.map(() => done));
  for (const id of orders) {
    const line = await shop.ledger(id);
    if (!line) continue;
    expect(Math.max(line.authorizations, line.captures, line.refunds)).toBeLessThanOrEqual(1);
    expect(line.captured - line.refunded).toBe(0);
    expect(line.authorized).toBe(line.captured + line.voided);
  }
});

it('a processor that answers nothing but errors is asked a tenth more than there is to ask, and all is settled after', async () => {
  const calls = async () => {
    const metrics = await (await fetch(`${shop.test.service.managementUrl}/metrics`)).text();
    return [...metrics.matchAll(/^payments_operations_total\S* (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  };
  const due = () => shop.test.database.query('UPDATE payments SET due_at = now() WHERE attempts > 0');
  const [before, start] = [await calls(), performance.now()];
  await shop.faults({ operation: '*', kind: 'error' });
  const orders = Array.from({ length: 100 }, () => uuid());
  const answers = Promise.all(orders.map((id) => authorize(id)));
  for (let looks = 0; looks < 8; looks++) {
    await due();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  // And one a second, to find out whether it works again.
  expect((await calls()) - before).toBeLessThanOrEqual(110 + (performance.now() - start) / 1_000);
  await shop.faults();
  const settling = setInterval(() => void due(), 500);
  expect(await answers).toEqual(orders.map(() => done));
  clearInterval(settling);
});
