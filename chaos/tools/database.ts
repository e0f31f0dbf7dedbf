import { Client } from 'pg';
import { withPostgres } from '../../tools/infrastructure/contact.ts';

/** A superuser in one service's database, past the proxies. */
export function adminUrl(server: string, service: string): string {
  return Object.assign(new URL(server), { pathname: `/caravan_storm_${service}` }).toString();
}

/** Runs statements as superuser in a service's database and answers the rows of the last. */
export function asAdmin<Row extends object>(
  server: string,
  service: string,
  ...statements: string[]
): Promise<Row[]> {
  return withPostgres(adminUrl(server, service), async (client) => {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  });
}

/** Ends sessions of the services that stand in a transaction right now; answers how many. */
export async function endTransactions(server: string): Promise<number> {
  return withPostgres(server, async (client) => {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname LIKE 'caravan\\_storm\\_%' AND (state = 'idle in transaction' OR state = 'active' AND xact_start < now())`,
    );
    return rowCount ?? 0;
  });
}

/** Takes a lock and holds it for so long, in a transaction of its own that is then taken back. */
export async function holdLock(
  server: string,
  service: string,
  statement: string,
  ms: number,
): Promise<void> {
  const client = new Client({ connectionString: adminUrl(server, service) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await client.query('ROLLBACK');
  } finally {
    await client.end();
  }
}
