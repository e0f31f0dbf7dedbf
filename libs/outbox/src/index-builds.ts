import type { QueryRunner } from 'typeorm';

const STATE = `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)`;

/**
 * Builds an index without keeping writers out of its table, for tables that may be large. Safe to run again: an index that is there is
 * kept, and one that an interrupted build left invalid is built anew. Only in a migration with `transaction = false`.
 * @param definition what follows the name: `ON table (column) WHERE …`
 */
export async function buildIndex(runner: QueryRunner, name: string, definition: string): Promise<void> {
  const [index] = (await runner.query(STATE, [name])) as { valid: boolean }[];
  if (index?.valid) return;
  await unhurried(runner, async () => {
    if (index) await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    await runner.query(`CREATE INDEX CONCURRENTLY ${name} ${definition}`);
  });
}

/** Gives an index another definition: the new one is built before the old one goes, so that no query is ever without. Safe to run again. */
export async function replaceIndex(runner: QueryRunner, name: string, definition: string): Promise<void> {
  const successor = `${name}_new`;
  await buildIndex(runner, successor, definition);
  await dropIndex(runner, name);
  await runner.query(`ALTER INDEX ${successor} RENAME TO ${name}`);
}

/** Drops an index without keeping anyone out of its table. Safe to run again. Only in a migration with `transaction = false`. */
export const dropIndex = (runner: QueryRunner, name: string): Promise<void> =>
  unhurried(runner, () => runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`));

/** A concurrent build waits for older transactions and blocks no statement behind it, so its wait is not bounded. */
async function unhurried(runner: QueryRunner, work: () => Promise<unknown>): Promise<void> {
  const [before] = (await runner.query(`SHOW lock_timeout`)) as { lock_timeout: string }[];
  await runner.query(`SET lock_timeout = 0`);
  try {
    await work();
  } finally {
    await runner.query(`SET lock_timeout = '${before?.lock_timeout ?? 0}'`);
  }
}
