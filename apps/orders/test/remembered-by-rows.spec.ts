import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { REMEMBERED_BY_ROWS, SagaReply } from '@caravan/contracts';
import { replyKey } from '@caravan/messaging';
import { eventually } from '@caravan/testing';
import { REFUSAL, Street } from './street.ts';

let street: Street;
beforeAll(async () => {
  street = await Street.open();
});
afterAll(() => street?.close());

const rowsOf = async (id: string) =>
  (
    await street.test.database.query(
      `SELECT saga.*, orders.status, saga.xmin AS version FROM saga JOIN orders USING (id) WHERE id = $1 ORDER BY type`,
      [id],
    )
  ).rows;

const answersTo = (id: string) =>
  street.test.published.filter(
    (message) =>
      message.type === SagaReply.type && (message.data as { sagaId: string }).sagaId === `checkout:${id}`,
  );

it.each([
  ['that leads to the end', 'done', 'completed', 3],
  ['that is refused', REFUSAL, 'rolled_back', 4],
] as const)(
  'an answer %s and comes again, under the same id or another, changes nothing and needs no inbox',
  async (_, authorization, state, answers) => {
    street.payments.behave = ({ type }) => (type === 'payments.authorize-payment' ? authorization : 'done');
    const { id } = await street.place();
    await street.saga(id, 'checkout', { state });
    const taken = await eventually(() => {
      const found = answersTo(id);
      if (found.length !== answers) throw new Error(`${found.length} of ${answers} answers were published`);
      return found;
    });
    const before = await rowsOf(id);
    const again = taken.map((message) => ({ ...message, id: uuid() }));
    await street.test.publish([...taken, ...again], replyKey('orders'));
    // The answers before those of this order are handled by the time that it ends.
    const { id: next } = await street.place();
    await street.saga(next, 'checkout', { state });
    expect(await rowsOf(id)).toEqual(before);
    const ids = [...taken, ...again].map((message) => message.id);
    const { rowCount } = await street.test.database.query(
      'SELECT 1 FROM inbox WHERE message_id = ANY($1::uuid[])',
      [ids],
    );
    expect(rowCount).toBe(0);
    expect(REMEMBERED_BY_ROWS['orders']).toContain(SagaReply);
  },
);
