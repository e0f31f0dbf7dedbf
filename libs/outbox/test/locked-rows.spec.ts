import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { type ChannelModel, connect } from 'amqplib';
import { DEAD_LETTER, deadLetterQueue, ReservationOverdue } from '@caravan/contracts';
import { newTraceparent } from '@caravan/platform';
import { eventually, startTestService, type TestService, whileHeld } from '@caravan/testing';
import { SubjectModule, subjectEnv } from './subject.ts';

let test: TestService;
let broker: ChannelModel;

beforeAll(async () => {
  test = await startTestService(SubjectModule, subjectEnv);
  broker = await connect(test.brokerUrl);
});
afterAll(async () => {
  await broker?.close();
  await test?.stop();
});

const item = (orderId: string, attempt?: number) => ({
  id: uuid(),
  type: ReservationOverdue.type,
  data: { orderId },
  trace: newTraceparent(),
  attempt,
});
const effectsOf = async (orders: string[]) =>
  (await test.database.query('SELECT id, n, attempt FROM effect WHERE id = ANY($1)', [orders])).rows;
async function deadLetter() {
  const channel = await broker.createChannel();
  const letter = await channel.get(deadLetterQueue('orders'), { noAck: true });
  await channel.close();
  if (!letter) throw new Error('no dead letter yet');
  return letter;
}
async function whileLocked(orders: string[], work: () => Promise<void>): Promise<void> {
  await test.database.query('INSERT INTO effect (id, n) SELECT unnest($1::uuid[]), 0', [orders]);
  const lock = { sql: 'SELECT 1 FROM effect WHERE id = ANY($1) FOR UPDATE', params: [orders] };
  await whileHeld(test.database, lock, work);
}

describe('rows that another transaction holds', () => {
  it.each([1, 3])('(%i) keep back the messages about them and no other message', async (count) => {
    const hot = Array.from({ length: count }, () => uuid());
    const others = Array.from({ length: 20 }, () => uuid());
    await whileLocked(hot, async () => {
      await test.publish([...hot, ...others].map((orderId) => item(orderId)));
      await eventually(async () => expect(await effectsOf(others)).toHaveLength(others.length), 15_000);
      // A later batch with a locked row in it as well.
      const later = uuid();
      await test.publish([item(hot[0]!), item(later)]);
      await eventually(async () => expect(await effectsOf([later])).toHaveLength(1), 15_000);
      expect((await effectsOf(hot)).map(({ n }) => n)).toEqual(hot.map(() => 0));
    });
    await eventually(
      async () =>
        expect((await effectsOf(hot)).map(({ n }) => n).sort()).toEqual([...hot.slice(1).map(() => 1), 2]),
      20_000,
    );
  });

  it('make a message that has met them at every attempt a dead letter, and not an eternal hold', async () => {
    const hot = uuid();
    const last = item(hot, 5);
    await whileLocked([hot], async () => {
      await test.publish([last]);
      const letter = await eventually(deadLetter, 15_000);
      expect(letter.content.toString()).toContain(last.id);
      expect(letter.properties.headers?.[DEAD_LETTER.reason]).toContain('lock timeout');
    });
  });
});
