import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { DEAD_LETTER, deadLetterQueue, OrderConfirmed, workQueue } from '@caravan/contracts';
import { newTraceparent } from '@caravan/platform';
import { eventually, Operator, startTestService, type TestService } from '@caravan/testing';
import { CounterModule, counterEnv } from './counter.ts';

const DEAD = deadLetterQueue('notifications');
const WORK = workQueue('notifications');

interface Letter {
  id: string;
  type: string;
  reason: string;
  attempts: number;
  order: string;
  headers: Record<string, unknown>;
  content: string;
  advice: string[];
}
interface Trail {
  subject: string;
  action: string;
  by: string;
  reason: string | null;
  outcome: string;
  content: string | null;
}

let test: TestService;
let broker: ChannelModel;
let channel: ConfirmChannel;
let operator: Operator;

beforeAll(async () => {
  test = await startTestService(CounterModule, counterEnv);
  broker = await connect(test.brokerUrl);
  channel = await broker.createConfirmChannel();
  operator = new Operator(test.brokerUrl);
});
afterAll(async () => {
  await broker?.close();
  await test?.stop();
});
afterEach(() => channel.purgeQueue(DEAD));

const confirmation = (orderId = uuid(), id = uuid()) => ({
  id,
  type: OrderConfirmed.type,
  data: { orderId, number: 'CV-1', customerId: uuid(), lines: [], totalMinor: 0, currency: 'EUR' },
  trace: newTraceparent(),
});
const put = async (queue: string, body: unknown, headers: Record<string, unknown> = {}) => {
  const content = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  channel.publish('', queue, content, { persistent: true, headers });
  await channel.waitForConfirms();
};
/** As a consumer leaves it that failed on it. */
const bury = (item: ReturnType<typeof confirmation>, reason = 'the database said no') =>
  put(DEAD, [{ ...item, attempt: 6 }], {
    [DEAD_LETTER.reason]: reason,
    [DEAD_LETTER.attempts]: 6,
    [DEAD_LETTER.type]: item.type,
    [DEAD_LETTER.service]: 'notifications',
    [DEAD_LETTER.diedAt]: '2026-01-02T03:04:05.678Z',
  });
const lying = async (queue = DEAD) => (await channel.checkQueue(queue)).messageCount;
const effects = async (orderId: string): Promise<number> =>
  (await test.database.query('SELECT n FROM counter WHERE order_id = $1', [orderId])).rows[0]?.n ?? 0;
const quiet = () => eventually(async () => expect([await lying(), await lying(WORK)]).toEqual([0, 0]));
/** Everything that stood in the queue before has been handled when this has had its effect. */
const afterAllBefore = async () => {
  const last = confirmation();
  await put(WORK, [last]);
  await eventually(async () => expect(await effects(last.data.orderId)).toBe(1));
};
const trail = (id: string) => operator.json<Trail[]>('dlq', 'audit', id, '--queue', 'notifications');
const list = async (): Promise<Letter[]> =>
  (await operator.json<{ letters: Letter[] }[]>('dlq', 'list', '--queue', 'notifications'))[0]!.letters;

describe('npm run dlq', () => {
  it('lists poison with its reason, shows it whole, and takes nothing away by looking', async () => {
    await put(WORK, 'no json');
    await put(WORK, [{ ...confirmation(), type: 'order.forgotten' }]);
    await eventually(async () => expect(await lying()).toBe(2));
    const letters = await list();
    expect(letters.map(({ id, type, reason }) => [id, type, reason])).toEqual(
      expect.arrayContaining([
        [
          expect.stringMatching(/^raw-[0-9a-f]{16}$/),
          'notifications',
          expect.stringContaining('not readable'),
        ],
        [expect.stringMatching(/^.{36}$/), 'order.forgotten', 'unknown type order.forgotten'],
      ]),
    );
    const { id } = letters.find(({ type }) => type === 'order.forgotten')!;
    const { stdout } = await operator.run('dlq', 'show', id);
    expect(stdout).toContain('unknown type order.forgotten');
    expect(stdout).toContain('"currency": "EUR"');
    expect(stdout).toContain('Deploy one that does, then redrive');
    expect(stdout).toContain(`npm run dlq -- redrive ${id}`);
    expect(await lying()).toBe(2);
  });

  it('redrives under the same id, and says who did it', async () => {
    const item = confirmation();
    await bury(item);
    expect(await list()).toMatchObject([
      { id: item.id, order: item.data.orderId, attempts: 6, reason: 'the database said no' },
    ]);
    const { code, stdout } = await operator.run(
      'dlq',
      'redrive',
      item.id,
      '--by',
      'ann',
      '--reason',
      'mended',
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 dead letter(s) redriven.')]);
    await eventually(async () => expect(await effects(item.data.orderId)).toBe(1));
    await quiet();
    expect(await trail(item.id)).toMatchObject([
      { subject: item.id, action: 'redrive', by: 'ann', reason: 'mended', outcome: 'done' },
    ]);
  });

  it('does nothing twice: a redriven message that had its effect already has none', async () => {
    const item = confirmation();
    await put(WORK, [item]);
    await eventually(async () => expect(await effects(item.data.orderId)).toBe(1));
    await bury(item);
    expect((await operator.run('dlq', 'redrive', '--all')).code).toBe(0);
    await quiet();
    await afterAllBefore();
    expect(await effects(item.data.orderId)).toBe(1);
  });

  it('loses nothing when it is killed between the confirm and the acknowledgement', async () => {
    const item = confirmation();
    await bury(item);
    // The trail's last word is held up: by then the service has the message, and it still is a dead letter.
    await test.database.query(`
      CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(12); RETURN NEW; END $$;
      CREATE TRIGGER hold BEFORE UPDATE ON operator_action FOR EACH ROW EXECUTE FUNCTION hold()`);
    const tool = operator.begin('dlq', 'redrive', item.id);
    await eventually(async () => expect(await effects(item.data.orderId)).toBe(1));
    tool.process.kill('SIGKILL');
    expect((await tool.ended).code).toBeNull();
    await test.database.query(`
      SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE operator_action%' AND state = 'active'`);
    await test.database.query('DROP TRIGGER hold ON operator_action');
    await eventually(async () => expect(await lying()).toBe(1));
    await eventually(
      async () => expect((await operator.run('dlq', 'redrive', item.id)).code).toBe(0),
      30_000,
    );
    await quiet();
    await afterAllBefore();
    expect(await effects(item.data.orderId)).toBe(1);
    expect((await trail(item.id)).map(({ action }) => action)).toEqual(['redrive', 'redrive']);
  });

  it('loses nothing of many when it is killed somewhere in the middle', async () => {
    const items = Array.from({ length: 400 }, () => confirmation());
    for (const item of items) await bury(item);
    const tool = operator.begin('dlq', 'redrive', '--all');
    tool.process.stdout?.once('data', () => tool.process.kill('SIGKILL'));
    await tool.ended;
    await eventually(
      async () => expect((await operator.run('dlq', 'redrive', '--all')).code).toBe(0),
      30_000,
    );
    await quiet();
    await afterAllBefore();
    const { rows } = await test.database.query<{ n: number; orders: string }>(
      'SELECT n, count(*) AS orders FROM counter WHERE order_id = ANY($1) GROUP BY n',
      [items.map(({ data }) => data.orderId)],
    );
    expect(rows).toEqual([{ n: 1, orders: '400' }]);
  });

  it('drops, and keeps what it dropped in the trail, with the reason if one is given', async () => {
    const body = '{"half a';
    await put(WORK, body);
    await eventually(async () => expect(await lying()).toBe(1));
    const [{ id }] = (await list()) as [Letter];
    expect((await operator.run('dlq', 'drop', id, '--by', 'bob', '--reason', 'a test of ours')).code).toBe(0);
    await quiet();
    const [kept] = await trail(id);
    expect(kept).toMatchObject({ action: 'drop', by: 'bob', reason: 'a test of ours', outcome: 'done' });
    expect(Buffer.from(kept!.content!, 'base64').toString()).toBe(body);
    expect((await operator.run('dlq', 'audit', id, '--queue', 'notifications')).stdout).toContain(body);
    await put(WORK, '{"the other half');
    await eventually(async () => expect(await lying()).toBe(1));
    const [again] = (await list()) as [Letter];
    expect((await operator.run('dlq', 'drop', again.id)).code).toBe(0);
    await quiet();
    expect(await trail(again.id)).toMatchObject([{ action: 'drop', reason: null, outcome: 'done' }]);
  });

  it('touches nothing when the trail cannot be written', async () => {
    const item = confirmation();
    await bury(item);
    await test.halt();
    const { code, stderr } = await operator.run('dlq', 'redrive', '--all');
    await test.restart();
    expect([code, stderr]).toEqual([1, expect.stringContaining('No process of the notifications service')]);
    expect(await lying()).toBe(1);
    expect(await effects(item.data.orderId)).toBe(0);
  });

  it('says that a queue is missing, and lists the others all the same', async () => {
    const item = confirmation();
    await bury(item);
    await channel.deleteQueue(deadLetterQueue('users'));
    const { code, stdout } = await operator.run('dlq', 'list');
    await channel.assertQueue(deadLetterQueue('users'), { arguments: { 'x-queue-type': 'quorum' } });
    expect([code, stdout]).toEqual([0, expect.stringContaining('users.dead is not there')]);
    expect(stdout).toContain(item.id);
  });

  it('says which ids it did not find', async () => {
    const { code, stderr } = await operator.run('dlq', 'redrive', uuid());
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no dead letter')]);
  });

  it('does not wear a message out by looking at it', async () => {
    const item = confirmation();
    await bury(item);
    for (let n = 0; n < 12; n++) await list();
    const letter = await operator.json<Letter>('dlq', 'show', item.id);
    expect(Number(letter.headers['x-delivery-count'] ?? 0)).toBeLessThan(12);
    expect(letter).toMatchObject({ reason: 'the database said no', attempts: 6 });
    expect(await lying()).toBe(1);
  });
});
