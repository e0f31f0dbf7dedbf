import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { userInfo } from 'node:os';
import { randomUUIDv7 as uuid } from 'node:crypto';
import type { SagaReplay } from '@caravan/contracts';
import { eventually, Operator } from '@caravan/testing';
import { of, REFUSAL, Street } from './street.ts';

let street: Street;
let operator: Operator;

beforeAll(async () => {
  street = await Street.open();
  operator = new Operator(street.test.brokerUrl);
});
afterAll(() => street?.close());
beforeEach(() => street.calm());

/** An order whose capture was refused, and whose next attempt is a day away. */
async function pausedOrder() {
  street.payments.behave = ({ type }) => (type === 'payments.capture-payment' ? REFUSAL : 'done');
  const order = await street.place();
  await street.saga(order.id, 'checkout', { paused: true });
  await street.test.database.query(`UPDATE saga SET due_at = now() + interval '1 day' WHERE id = $1`, [
    order.id,
  ]);
  street.calm();
  return order;
}

describe('npm run saga', () => {
  it('finds a paused checkout, shows why it pauses, and takes it up again', async () => {
    const { id, number } = await pausedOrder();
    const { stdout: listed } = await operator.run('saga', 'list');
    expect(listed).toMatch(new RegExp(`${id} +${number} +checkout +running +capture payment, failed 1×`));
    const { stdout: shown } = await operator.run('saga', 'show', number.toLowerCase());
    expect(shown).toMatch(/capture payment +failed +payments.declined: The card was declined\./);
    expect(shown).toContain(`npm run saga -- retry ${number}`);
    const retried = await operator.run('saga', 'retry', number, '--reason', 'the processor is back');
    expect([retried.code, retried.stdout]).toEqual([
      0,
      expect.stringContaining('"capture payment" of the checkout was taken up again.'),
    ]);
    await street.saga(id, 'checkout', { state: 'completed' });
    const { stdout: trail } = await operator.run('saga', 'audit', number);
    expect(trail).toContain(userInfo().username);
    expect(trail).toContain('retry done');
    expect(trail).toContain('the processor is back');
  });

  it('compensates a confirmed order once, and refuses the second time', async () => {
    const { id, number } = await street.place();
    await street.saga(id, 'checkout', { state: 'completed' });
    const done = await operator.run('saga', 'compensate', id, '--by', 'ann', '--reason', 'a fraud');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('A cancellation was begun')]);
    await street.saga(id, 'cancellation', { state: 'completed' });
    const refused = await operator.run('saga', 'compensate', id, '--by', 'bob');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'Refused, and nothing changed: The order is CANCELLED: there is nothing left to take back.\n',
    ]);
    expect(
      street.payments.heardTypes(of(id)).filter((type) => type === 'payments.refund-payment'),
    ).toHaveLength(1);
    expect(await operator.json('saga', 'audit', number)).toMatchObject([
      { by: 'bob', action: 'compensate', outcome: 'refused', subject: id },
      { by: 'ann', action: 'compensate', outcome: 'done', subject: id, reason: 'a fraud' },
    ]);
  });

  it('lists what failed since a time, and why', async () => {
    street.payments.behave = ({ type }) => (type === 'payments.authorize-payment' ? REFUSAL : 'done');
    const [old, fresh] = [await street.place(), await street.place()];
    await street.saga(fresh.id, 'checkout', { state: 'rolled_back' });
    street.calm();
    const fine = await street.place();
    await street.test.database.query(
      `UPDATE saga SET updated_at = now() - interval '3 hours' WHERE id = $1`,
      [old.id],
    );
    const { code, stdout } = await operator.run('saga', 'list', '--failed', '--since', '2h');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`${fresh.number} +checkout +rolled back .*payments.declined: The card`),
    );
    expect(stdout).not.toContain(old.number);
    expect(stdout).not.toContain(fine.number);
    const { stdout: all } = await operator.run('saga', 'list', '--failed', '--limit', '1');
    expect(all).toContain(fresh.number);
    expect(all).toContain('more than these 1: --limit N');
    expect(await operator.json('saga', 'list', '--failed', '--since', '4h')).toMatchObject({
      more: false,
      sagas: expect.arrayContaining([
        expect.objectContaining({ number: old.number, state: 'rolled_back', endedAt: expect.any(String) }),
      ]),
    });
  });

  it('lists what is stuck among what failed, however long ago it began', async () => {
    const { id, number } = await pausedOrder();
    await street.test.database.query(
      `UPDATE saga SET stuck = true, started_at = now() - interval '1 day' WHERE id = $1`,
      [id],
    );
    const { stdout } = await operator.run('saga', 'list', '--failed', '--since', '90s');
    expect(stdout).toMatch(new RegExp(`${number} +checkout +running, stuck at "capture payment", failed 1×`));
    await street.test.database.query(
      `UPDATE saga SET stuck = false, due_at = now(), look_at = now() WHERE id = $1`,
      [id],
    );
    await street.saga(id, 'checkout', { state: 'completed' });
  });

  it('replays an order’s journal, and shows how the order stood at an instant', async () => {
    const { id, number } = await street.place();
    await street.saga(id, 'checkout', { state: 'completed' });
    const { code, stdout: replayed } = await operator.run('saga', 'replay', number);
    expect(replayed).toMatch(
      /reply authorize payment:do:0 +authorize payment done, confirm order done +capture payment:do:0/,
    );
    expect([code, replayed.trim().endsWith('The replay ends in the stored state.')]).toEqual([0, true]);
    const { stdout } = await operator.run('saga', 'replay', number, '--json');
    const { sagas } = JSON.parse(stdout) as SagaReplay;
    const reserved = sagas[0]!.entries[1]!;
    expect(reserved).toMatchObject({ input: 'reply', cause: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const then = await operator.run('saga', 'show', number, '--at', reserved.at);
    expect(then.stdout).toContain('waits for  the answer to authorize payment:do:0');
    expect(then.stdout).not.toContain('confirm order');
    const before = await operator.run('saga', 'show', number, '--at', '1d');
    expect(before.stdout).toContain(`${number} had no saga at `);
  });

  it('says of a replay that ends elsewhere where it differs', async () => {
    const { id, number } = await street.place();
    await street.saga(id, 'checkout', { state: 'completed' });
    await street.test.database.query(
      `UPDATE saga SET journal = jsonb_set(journal, '{2,log,0,1}', '"refused"') WHERE id = $1`,
      [id],
    );
    const { code, stdout } = await operator.run('saga', 'replay', number);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'recorded "authorize payment refused, confirm order done", replayed "authorize payment done',
    );
  });

  it('lists open sagas by the definition that they run under', async () => {
    const { id, number } = await pausedOrder();
    const { stdout } = await operator.run('saga', 'list', '--definition', 'checkout.v1');
    expect(stdout).toMatch(new RegExp(`${number} +checkout\\.v1 +running`));
    await street.test.database.query(`UPDATE saga SET definition = 'f00f00f00f00', step = -1 WHERE id = $1`, [
      id,
    ]);
    const unknown = await operator.run('saga', 'list', '--definition', 'unknown');
    expect(unknown.stdout).toMatch(
      new RegExp(`${number} +f00f00f00f00 +running, waits for a release that knows it`),
    );
    const refused = await operator.run('saga', 'compensate', number, '--by', 'ann');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('belongs to another release; nothing was done');
    await street.test.database.query(
      `UPDATE saga SET definition = NULL, step = 3, due_at = now(), look_at = now() WHERE id = $1`,
      [id],
    );
    await street.saga(id, 'checkout', { state: 'completed' });
  });

  it.each(['yesterday', '2x', '2030-01-01'])('does not take "%s" for a time', async (time) => {
    const { code, stderr } = await operator.run('saga', 'list', '--failed', '--since', time);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: npm run saga -- list')]);
  });

  it('says when there is nothing to see, and what is no order', async () => {
    await eventually(async () =>
      expect((await operator.run('saga', 'list', '--stuck')).stdout).toBe('No saga is stuck.\n'),
    );
    const stranger = uuid();
    const missing = await operator.run('saga', 'show', stranger);
    expect([missing.code, missing.stderr]).toEqual([1, `There is no order ${stranger}.\n`]);
    const wrong = await operator.run('saga', 'retry', '17');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"17" is no order')]);
  });

  it('says that the service is away', async () => {
    await street.test.halt();
    const { code, stderr } = await operator.run('saga', 'list');
    await street.test.restart();
    expect([code, stderr]).toEqual([1, expect.stringContaining('No process of the orders service')]);
  });
});
