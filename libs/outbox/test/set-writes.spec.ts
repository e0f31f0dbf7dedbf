import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { writeSet } from '@caravan/outbox';
import pg from 'pg';
import { register } from 'prom-client';

let database: pg.Pool;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = new pg.Pool({
    connectionString: process.env['TEST_DATABASE_URL'],
    max: 2,
    // A temporary table belongs to one connection.
    options: '-c search_path=pg_temp,public',
  });
});
afterAll(() => database?.end());

describe.each([1, 2, 7, 64])('a set of %i', (size) => {
  let client: pg.PoolClient;
  beforeEach(async () => {
    client = await database.connect();
    await client.query(
      'CREATE TEMPORARY TABLE thing (id int PRIMARY KEY, words jsonb, n int CHECK (n < 1000))',
    );
  });
  const done = async () => {
    await client.query('DROP TABLE thing');
    client.release();
  };
  const write = async (items: readonly { id: number; words: string; n: unknown }[]) => {
    await client.query('INSERT INTO thing SELECT * FROM unnest($1::int[], $2::jsonb[], $3::int[])', [
      items.map(({ id }) => id),
      items.map(({ words }) => words),
      items.map(({ n }) => n),
    ]);
  };
  const stored = async () =>
    (await client.query('SELECT id FROM thing ORDER BY id')).rows.map(({ id }) => id);
  const alarms = async (set: string) =>
    (await register.getSingleMetric('set_writes_refused_total')?.get())?.values.find(
      ({ labels }) => labels['set'] === set,
    )?.value ?? 0;

  it.each([
    ['a number that is no integer', { words: '{}', n: 14804.381000000001 }],
    ['a NUL', { words: '"\\u0000"', n: 1 }],
    ['half a surrogate pair', { words: '"\\ud83d"', n: 1 }],
    ['a value that a constraint forbids', { words: '{}', n: 1000 }],
    ['a number out of range', { words: '{}', n: 2 ** 31 }],
  ])('is written but for the items with %s, and these raise an alarm', async (name, bad) => {
    const guilty = size === 1 ? [0] : [0, size - 1];
    const items = Array.from({ length: size }, (_, id) =>
      guilty.includes(id) ? { id, ...bad } : { id, words: '{}', n: 1 },
    );
    try {
      const before = await alarms(name);
      const aside = await writeSet(name, items, write, ({ id }) => `thing ${id}`);
      expect(aside.map(({ item, contended }) => [item.id, contended])).toEqual(
        guilty.map((id) => [id, false]),
      );
      expect(await stored()).toEqual(items.map(({ id }) => id).filter((id) => !guilty.includes(id)));
      expect(await alarms(name)).toBe(before + guilty.length);
    } finally {
      await done();
    }
  });
});

describe('a set', () => {
  it.each([
    ['the database is away', '57P01'],
    ['the statement is wrong', '42703'],
  ])('is not taken apart when %s', async (_, code) => {
    let asked = 0;
    const failing = writeSet('thing', [1, 2, 3], () => {
      asked++;
      return Promise.reject(Object.assign(new Error('no'), { code }));
    });
    await expect(failing).rejects.toThrow('no');
    expect(asked).toBe(1);
  });

  it('of which one row is locked is written item by item, and the locked one is no alarm', async () => {
    const sizes: number[] = [];
    const aside = await writeSet('thing', [1, 2, 3], async (items) => {
      sizes.push(items.length);
      if (items.includes(2)) throw Object.assign(new Error('canceling statement'), { code: '55P03' });
    });
    expect(aside.map(({ item, contended }) => [item, contended])).toEqual([[2, true]]);
    expect(sizes).toEqual([3, 1, 1, 1]);
  });
});
