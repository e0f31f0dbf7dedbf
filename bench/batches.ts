import type { Quiet } from './quiet.ts';

/**
 * How many items one transaction handled: `now()` is the same in all rows of a transaction, so rows of one time are
 * one batch. No instrument in the services is needed, and what is counted is what was committed.
 */
const BATCHES: [what: string, service: string, table: string, time: string][] = [
  ['orders: place', 'orders', 'orders', 'placed_at'],
  ['orders: saga replies', 'orders', 'inbox', 'consumed_at'],
  ['inventory: reserve', 'inventory', 'reservation', 'reserved_at'],
  ['inventory: all messages', 'inventory', 'inbox', 'consumed_at'],
  ['payments: authorize', 'payments', 'payments', 'created_at'],
  ['payments: all messages', 'payments', 'inbox', 'consumed_at'],
  ['notifications: record', 'notifications', 'inbox', 'consumed_at'],
];

/** Transactions that each service's database has committed until now (PostgreSQL counts them up to a second late). */
export async function committed(databases: Quiet): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const service of databases.services) {
    const [row] = await databases.query<{ n: number }>(
      service,
      'SELECT xact_commit::float8 AS n FROM pg_stat_database WHERE datname = current_database()',
    );
    counts[service] = row?.n ?? 0;
  }
  return counts;
}

const ROWS = `SELECT (tup_inserted + tup_updated + tup_deleted)::float8 AS n
  FROM pg_stat_database WHERE datname = current_database()`;
/** The first change of a page after a checkpoint writes the whole page to the log: a short run shows more of it than a long one. */
const WHOLE_PAGES = 'SELECT wal_fpi::float8 AS n FROM pg_stat_wal';
const WAL_KB = `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 / 1000 AS n`;

/** Rows written until now by each service, and the server's whole write-ahead log in kB. */
export async function written(databases: Quiet): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const ask = async (service: string, sql: string): Promise<number> =>
    (await databases.query<{ n: number }>(service, sql))[0]?.n ?? 0;
  for (const service of databases.services) counts[`rows of ${service}`] = await ask(service, ROWS);
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const [first] = databases.services;
  if (first === undefined) return {};
  const log = { 'WAL kB': await ask(first, WAL_KB), 'whole pages in it': await ask(first, WHOLE_PAGES) };
  return { rows, ...log, ...counts };
}

/** Average items per transaction by kind of work, of everything between two times of this machine. */
export async function batchSizes(databases: Quiet, from: Date, to: Date): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const [what, service, table, time] of BATCHES) {
    const [row] = await databases.query<{ size: number | null }>(
      service,
      `SELECT avg(n)::float8 AS size FROM (SELECT count(*) AS n FROM ${table} WHERE ${time} BETWEEN $1 AND $2 GROUP BY ${time}) AS batch`,
      [from, to],
    );
    sizes[what] = row?.size ?? 0;
  }
  return sizes;
}
