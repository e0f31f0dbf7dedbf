import type pg from 'pg';

/**
 * Runs `work` while another session holds what `lock` takes, as a replica that stopped in the middle of a transaction does.
 * @param lock statements that take locks, such as `SELECT … FOR UPDATE` or `LOCK TABLE …`
 */
export async function whileHeld<T>(
  database: pg.Pool,
  lock: { sql: string; params?: unknown[] },
  work: () => Promise<T>,
): Promise<T> {
  const holder = await database.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(lock.sql, lock.params);
    return await work();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}
