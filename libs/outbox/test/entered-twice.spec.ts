import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { ReservationOverdue } from '@caravan/contracts';
import { newTraceparent } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { SubjectModule, subjectEnv } from './subject.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService(SubjectModule, subjectEnv);
});
afterAll(() => test?.stop());

const item = (orderId: string) => ({
  id: uuid(),
  type: ReservationOverdue.type,
  data: { orderId },
  trace: newTraceparent(),
});
const effectsOf = async (orders: string[]) =>
  (await test.database.query('SELECT id, n, attempt FROM effect WHERE id = ANY($1)', [orders])).rows;
const waiting = async () =>
  (await test.database.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rows.length;

it.each([
  ['commits', 'COMMIT', []],
  ['rolls back', 'ROLLBACK', [1]],
])('a message that another consumer is entering and %s has its effect once', async (_, end, effects) => {
  const [shared, neighbour] = [uuid(), uuid()];
  const message = item(shared);
  const other = await test.database.connect();
  await other.query('BEGIN');
  await other.query('INSERT INTO inbox (message_id) VALUES ($1)', [message.id]);
  await test.publish([message, item(neighbour), message]);
  await eventually(async () => expect(await waiting()).toBeGreaterThan(0));
  await other.query(end);
  other.release();
  await eventually(async () =>
    expect(await effectsOf([neighbour])).toEqual([{ id: neighbour, n: 1, attempt: 1 }]),
  );
  await eventually(async () => expect((await effectsOf([shared])).map(({ n }) => n)).toEqual(effects));
});
