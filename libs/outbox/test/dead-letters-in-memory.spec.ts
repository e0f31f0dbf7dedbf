import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { OrderConfirmed, redriveKey } from '@caravan/contracts';
import { newTraceparent } from '@caravan/platform';
import { eventually, Operator, startTestService, type TestService } from '@caravan/testing';
import { CounterModule, counterEnv } from './counter.ts';

interface Letter {
  id: string;
  type: string;
  reason: string;
  attempts: number;
  order: string;
  content: string;
}

let test: TestService;
let operator: Operator;

beforeAll(async () => {
  let databaseUrl = '';
  test = await startTestService(CounterModule, counterEnv, async ({ DATABASE_URL }) => {
    databaseUrl = DATABASE_URL!;
    return { RABBITMQ_URL: 'memory://dead-letters' };
  });
  operator = new Operator('memory://dead-letters', { NOTIFICATIONS__DATABASE_URL: databaseUrl });
});
afterAll(() => test?.stop());

const confirmation = () => ({
  id: uuid(),
  type: OrderConfirmed.type,
  data: { orderId: uuid(), number: 'CV-1', customerId: uuid(), lines: [], totalMinor: 0, currency: 'EUR' },
  trace: newTraceparent(),
});
/** As the service leaves it when it has failed on it six times. */
const bury = async (message: ReturnType<typeof confirmation>) => {
  await test.database.query(
    'INSERT INTO dead_letter (message_id, type, body, reason, attempts) VALUES ($1, $2, $3, $4, 6)',
    [message.id, message.type, JSON.stringify(message), 'the database said no'],
  );
  return message;
};
const dlq = <T>(...words: string[]) => operator.json<T>('dlq', ...words, '--queue', 'notifications');
const lying = async () => (await dlq<{ letters: Letter[] }[]>('list'))[0]!.letters.map(({ id }) => id);
const effects = async (orderId: string) =>
  (await test.database.query<{ n: number }>('SELECT n FROM counter WHERE order_id = $1', [orderId])).rows;

describe('dead letters of a process without a broker', () => {
  it('are those that it could not handle, and are shown and dropped; their content stays in the trail', async () => {
    const poison = { ...confirmation(), data: { orderId: 1 } };
    await test.database.query(
      'INSERT INTO outbox (message_id, type, routing_key, body) VALUES ($1, $2, $3, $4)',
      [poison.id, poison.type, redriveKey('notifications'), JSON.stringify(poison)],
    );
    await eventually(async () => expect(await lying()).toEqual([poison.id]), 25_000);
    const letter = await dlq<Letter>('show', poison.id);
    expect(letter).toMatchObject({ type: OrderConfirmed.type, reason: expect.stringContaining('orderId') });
    await dlq('drop', poison.id, '--by', 'ann', '--reason', 'no release can read it');
    expect(await lying()).toEqual([]);
    const [line, ...more] = await dlq<{ by: string; action: string; outcome: string; content: string }[]>(
      'audit',
      poison.id,
    );
    expect(more).toEqual([]);
    expect(line).toMatchObject({ by: 'ann', action: 'drop', outcome: 'done' });
    expect(JSON.parse(Buffer.from(line!.content, 'base64').toString())).toEqual([poison]);
  });

  it('come back with one command, in the order of their ids, and have their effect once', async () => {
    const letters = [await bury(confirmation()), await bury(confirmation())];
    expect(await lying()).toEqual(letters.map(({ id }) => id));
    await dlq('redrive', '--all', '--by', 'ann');
    expect(await lying()).toEqual([]);
    for (const { data } of letters)
      await eventually(async () => expect(await effects(data.orderId)).toEqual([{ n: 1 }]), 15_000);
    await bury(letters[0]!);
    await dlq('redrive', letters[0]!.id);
    await eventually(
      async () => expect((await test.database.query('SELECT FROM outbox')).rowCount).toBe(0),
      15_000,
    );
    expect(await effects(letters[0]!.data.orderId)).toEqual([{ n: 1 }]);
  });

  it('that are redriven while the process is away come when it is back', async () => {
    const letter = await bury(confirmation());
    await test.halt();
    await dlq('redrive', letter.id);
    await test.restart();
    await eventually(async () => expect(await effects(letter.data.orderId)).toEqual([{ n: 1 }]), 15_000);
  });

  it('that are not there are said so, and a database that is not known as well', async () => {
    const nowhere = await operator.run('dlq', 'redrive', uuid(), '--queue', 'notifications');
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no dead letter') });
    const unknown = await operator.run('dlq', 'list', '--queue', 'orders');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('ORDERS__DATABASE_URL') });
  });
});
