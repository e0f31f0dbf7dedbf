import { describe, expect, it } from '@jest/globals';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const FILES = globSync(['apps/*/src/migrations/*.ts', 'libs/*/src/*.migrations.ts']).toSorted();
const CREATES = /CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gi;
/** What holds a table that may be large: for the length of an index build, or of a look at every row. */
const HOLDS: readonly [RegExp, string][] = [
  [/CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:\w+ )?ON (\w+)/gi, 'CREATE INDEX without CONCURRENTLY'],
  [/DROP INDEX (?!CONCURRENTLY)(?:IF EXISTS )?(\w+)/gi, 'DROP INDEX without CONCURRENTLY'],
  [
    /ALTER TABLE (\w+) (?:[^;]*)(?:SET NOT NULL|ALTER COLUMN \w+ (?:SET DATA )?TYPE)/gi,
    'a look at every row',
  ],
  [
    /ALTER TABLE (\w+) (?:[^;]*)ADD (?:CONSTRAINT|CHECK|UNIQUE|PRIMARY)(?![^;]*NOT VALID)/gi,
    'a checked constraint',
  ],
];

async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const statements: string[] = [];
  const query = async (sql: string) => {
    statements.push(sql.replace(/\s+/g, ' '));
    return [];
  };
  await migration.up({ query } as unknown as QueryRunner);
  return statements;
}

/** What these statements do to tables that are not their own. */
function heldTables(statements: readonly string[]): string[] {
  const own = new Set(statements.flatMap((sql) => [...sql.matchAll(CREATES)].map(([, table]) => table!)));
  return statements.flatMap((sql) =>
    HOLDS.flatMap(([pattern, why]) =>
      [...sql.matchAll(pattern)]
        .filter(([, table]) => !own.has(table!))
        .map(([, table]) => `${table}: ${why}`),
    ),
  );
}

describe('a migration', () => {
  it.each(FILES)('%s holds no table that was there before it', async (file) => {
    const exported = (await import(resolve(file))) as Record<string, new () => MigrationInterface>;
    for (const Migration of Object.values(exported)) {
      const migration = new Migration();
      const statements = await statementsOf(migration);
      expect([migration.name, heldTables(statements)]).toEqual([migration.name, []]);
      // Outside of a transaction only: PostgreSQL refuses it within one.
      if (statements.some((sql) => sql.includes('CONCURRENTLY'))) expect(migration.transaction).toBe(false);
    }
  });

  it.each([
    ['CREATE INDEX a ON orders (b)', ['orders: CREATE INDEX without CONCURRENTLY']],
    ['CREATE UNIQUE INDEX a ON orders (b)', ['orders: CREATE INDEX without CONCURRENTLY']],
    ['CREATE INDEX CONCURRENTLY a ON orders (b)', []],
    ['DROP INDEX a', ['a: DROP INDEX without CONCURRENTLY']],
    ['ALTER TABLE orders ALTER COLUMN a SET NOT NULL', ['orders: a look at every row']],
    ['ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0)', ['orders: a checked constraint']],
    ['ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID', []],
    ['ALTER TABLE orders ADD COLUMN a int', []],
  ])('that says %s is seen for what it holds', (sql, held) => {
    expect(heldTables([sql])).toEqual(held);
    expect(heldTables(['CREATE TABLE orders (a int)', sql.replace(/DROP INDEX a/, '')])).toEqual([]);
  });
});
