import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { OutboxRelay } from './outbox.relay.ts';
import { UnitOfWork } from './unit.of.work.ts';

/** A connection of which all answers come in one packet, once COMMIT was sent. @param failing number of the statement that fails */
function connection(failing: number, first = '23502') {
  let sent = 0;
  let failed = false;
  const answers: (() => void)[] = [];
  const query = (): Promise<{ rows: [] }> => {
    const n = sent++;
    return new Promise((resolve, reject) => {
      answers.push(() => {
        if (n === failing || failed) {
          const code = failed ? '25P02' : first;
          failed = true;
          reject(Object.assign(new Error(`statement ${n}: ${code}`), { code }));
        } else resolve({ rows: [] });
      });
    });
  };
  const client = {
    query: (statement: unknown) => {
      const answer = query();
      if (statement === 'COMMIT' || statement === 'ROLLBACK')
        setImmediate(() => answers.splice(0).forEach((settle) => settle()));
      return answer;
    },
    release: () => undefined,
  };
  return { driver: { master: { connect: async () => client } } } as unknown as DataSource;
}

describe('a transaction that fails', () => {
  it.each([1, 2, 5])('tells what failed first (statement %i), not what failed because of it', async (n) => {
    const work = new UnitOfWork(connection(n), {} as OutboxRelay);
    const failing = work.run(async (tx) => {
      for (let i = 0; i < 8; i++) tx.execute('INSERT …');
      tx.outgoing.push({ id: 'a', type: 'b', routingKey: 'c', body: '{}', unhurried: false });
    });
    await expect(failing).rejects.toMatchObject({ code: '23502' });
  });

  it.each([
    ['53100', 2, false],
    ['57P01', 2, false],
    ['57P01', 4, true],
    ['ECONNRESET', 2, true],
    ['EPIPE', 2, true],
  ])('with %s at statement %i leaves it unknown whether it was done: %s', async (code, n, outcomeUnknown) => {
    const work = new UnitOfWork(connection(n, code), {} as OutboxRelay);
    const failing = work.run(async (tx) => {
      for (let i = 0; i < 3; i++) tx.execute('INSERT …');
    });
    await expect(failing).rejects.toMatchObject({ name: 'TransientError', outcomeUnknown });
  });
});
