import type { QueryRunner } from 'typeorm';

/**
 * Builds an index while the table is written to. Only in a migration with `transaction = false`, and alone in it: what an
 * interrupted attempt left behind is dropped first, so that the migration can be run again.
 * @param on what stands after `ON`: `orders (customer_id, serial DESC)`
 */
export async function createIndexConcurrently(runner: QueryRunner, name: string, on: string): Promise<void> {
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  // It waits for the transactions of others without holding up anybody, however long that takes.
  await runner.query(`SET lock_timeout = 0`);
  try {
    await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
  } finally {
    await runner.query(`RESET lock_timeout`);
  }
}
