import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DataSource, type QueryRunner } from 'typeorm';
import { buildIndex, replaceIndex } from '@caravan/outbox';
import { eventually } from '@caravan/testing';

let database: DataSource;
let runner: QueryRunner;

beforeAll(async () => {
  database = await new DataSource({ type: 'postgres', url: process.env['TEST_DATABASE_URL'] }).initialize();
  runner = database.createQueryRunner();
});
afterAll(async () => {
  await runner?.query('DROP TABLE IF EXISTS thing');
  await runner?.release();
  await database?.destroy();
});
beforeEach(async () => {
  await runner.query('DROP TABLE IF EXISTS thing');
  await runner.query('CREATE TABLE thing (id int, n int)');
  await runner.query('INSERT INTO thing SELECT n, n % 5 FROM generate_series(1, 100) AS n');
});

const indexes = async () =>
  (await database.query(
    `SELECT indexrelid::regclass::text AS name, indisvalid AS valid, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index WHERE indrelid = 'thing'::regclass ORDER BY 1`,
  )) as { name: string; valid: boolean; definition: string }[];

it('an index that an interrupted build left invalid is built anew', async () => {
  // Fails because of the values and leaves its index behind, as an interrupted build does.
  await expect(runner.query('CREATE UNIQUE INDEX CONCURRENTLY thing_n ON thing (n)')).rejects.toThrow(
    'unique',
  );
  expect(await indexes()).toMatchObject([{ name: 'thing_n', valid: false }]);
  await buildIndex(runner, 'thing_n', 'ON thing (n)');
  expect(await indexes()).toMatchObject([{ name: 'thing_n', valid: true }]);
  await buildIndex(runner, 'thing_n', 'ON thing (n)');
  expect(await indexes()).toHaveLength(1);
});

it('an index is replaced, also after an interruption between the old one and the new one', async () => {
  await runner.query('CREATE INDEX thing_of_n ON thing (n)');
  const wanted = [{ name: 'thing_of_n', valid: true, definition: expect.stringContaining('WHERE (id > 0)') }];
  await replaceIndex(runner, 'thing_of_n', 'ON thing (n) WHERE id > 0');
  expect(await indexes()).toEqual(wanted);
  await runner.query('ALTER INDEX thing_of_n RENAME TO thing_of_n_new');
  await replaceIndex(runner, 'thing_of_n', 'ON thing (n) WHERE id > 0');
  expect(await indexes()).toEqual(wanted);
});

it('rows are written while an index is built', async () => {
  const other = database.createQueryRunner();
  await other.query('BEGIN');
  await other.query('INSERT INTO thing VALUES (0, 0)');
  // The build waits for this transaction.
  const built = buildIndex(runner, 'thing_n', 'ON thing (n)');
  await eventually(async () => expect(await indexes()).toMatchObject([{ valid: false }]));
  await database.query('INSERT INTO thing VALUES (101, 1)');
  await other.query('COMMIT');
  await other.release();
  await built;
  expect(await indexes()).toMatchObject([{ valid: true }]);
});
