import pg from 'pg';
import type { Change, LedgerEntry, Published, World } from './world.ts';

type FromDatabases = Pick<
  World,
  | 'orders'
  | 'sagas'
  | 'steps'
  | 'payments'
  | 'stock'
  | 'reservations'
  | 'notifications'
  | 'published'
  | 'changes'
  | 'outboxes'
  | 'inboxes'
>;

const ORDERS = `
  SELECT id, status, rejection ->> 'code' AS rejection, customer_id AS "customerId", idempotency_key AS key, total_minor::float8 AS total, lines,
    substr(traceparent, 4, 32) AS "traceId", coalesce(placed_at >= $1, false) AS journaled
  FROM orders`;
const SAGAS = `SELECT id, type, state, stuck FROM saga`;
const STEPS = `SELECT saga_id AS "sagaId", type, step, outcome FROM saga_timeline ORDER BY at, entry_no, line_no`;
const PAYMENTS = `
  SELECT order_id AS "orderId", status, operation, amount_minor::float8 AS amount, refunded_minor::float8 AS refunded
  FROM payments`;
const STOCK = `SELECT sku, on_hand AS "onHand", reserved, sold, received FROM stock`;
const RESERVATIONS = `SELECT order_id AS "orderId", state, lines FROM reservation`;
const NOTIFICATIONS = `SELECT order_id AS "orderId", kind, substr(traceparent, 4, 32) AS "traceId" FROM notification`;
/** The order of a message is the one that its data name, or the one whose saga asks or is answered. */
const PUBLISHED = `
  SELECT message_id AS id, type, routing_key AS "routingKey", substr(body ->> 'trace', 4, 32) AS "traceId",
    coalesce(body -> 'data' ->> 'orderId', split_part(body -> 'data' ->> 'sagaId', ':', 2)) AS "orderId",
    CASE WHEN type = 'saga.reply'
      THEN concat_ws(' ', routing_key, body -> 'data' ->> 'sagaId', body -> 'data' ->> 'ask') END AS question
  FROM (SELECT message_id, type, routing_key, body::jsonb FROM journal.published) AS published`;
const OUTBOX = `SELECT count(*)::int AS n FROM outbox`;
const INBOX = `SELECT message_id AS id FROM inbox`;
const JOURNAL = `SELECT to_regclass('journal.opened') IS NOT NULL AS open`;
const OPENED = `SELECT min(at) AS at FROM journal.opened`;
const CHANGES = `SELECT what, key, was, became FROM journal.change ORDER BY id`;

type Read = <Row extends object>(sql: string, params?: unknown[]) => Promise<Row[]>;

/** What only one service's database knows; `since`: when the journal was opened. */
const OWN: Readonly<Record<string, (read: Read, since: Date | null) => Promise<Partial<FromDatabases>>>> = {
  orders: async (read, since) => ({
    orders: await read(ORDERS, [since]),
    sagas: await read(SAGAS),
    steps: await read(STEPS),
  }),
  payments: async (read) => ({ payments: await read(PAYMENTS) }),
  inventory: async (read) => ({ stock: await read(STOCK), reservations: await read(RESERVATIONS) }),
  notifications: async (read) => ({ notifications: await read(NOTIFICATIONS) }),
};

/** Reads what stands in the services' databases; without a journal (journal.ts) nothing is known of what was said and moved. */
export async function readDatabases(databaseUrls: ReadonlyMap<string, string>): Promise<FromDatabases> {
  const own: Partial<FromDatabases>[] = [];
  const published: Published[] = [];
  const changes: Change[] = [];
  const outboxes: Record<string, number> = {};
  const inboxes: Record<string, string[]> = {};
  for (const [service, url] of databaseUrls) {
    await withClient(url, async (read) => {
      outboxes[service] = (await read<{ n: number }>(OUTBOX))[0]!.n;
      inboxes[service] = (await read<{ id: string }>(INBOX)).map(({ id }) => id);
      const since = (await read<{ open: boolean }>(JOURNAL))[0]!.open
        ? (await read<{ at: Date | null }>(OPENED))[0]!.at
        : null;
      if (since) {
        for (const message of await read<Omit<Published, 'from'>>(PUBLISHED))
          published.push({ ...message, from: service });
        for (const change of await read<Change>(CHANGES)) changes.push(change);
      }
      own.push((await OWN[service]?.(read, since)) ?? {});
    });
  }
  return { ...(Object.assign({}, ...own) as FromDatabases), published, changes, outboxes, inboxes };
}

async function withClient<T>(url: string, work: (read: Read) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'checker' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(async <Row extends object>(sql: string, params: unknown[] = []) => {
      const { rows } = await client.query<Row>(sql, params);
      return rows;
    });
  } finally {
    await client.end();
  }
}

/** The card processor's own ledger. */
export async function readLedger(cardProcessorUrl: string): Promise<LedgerEntry[]> {
  return (await (await fetch(`${cardProcessorUrl}/sandbox/ledger`)).json()) as LedgerEntry[];
}

const IDLE_HOLDERS = `
  SELECT format('%s (pid %s) is %s for %s s after: %s', application_name, pid, state,
    round(extract(epoch FROM clock_timestamp() - xact_start)), left(query, 100)) AS what
  FROM pg_stat_activity WHERE datname = ANY($1) AND clock_timestamp() - xact_start >
    CASE WHEN state LIKE 'idle%' THEN interval '5 s' ELSE interval '30 s' END
  UNION ALL
  SELECT format('%s (pid %s) holds an advisory lock', application_name, pid)
  FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE datname = ANY($1) AND locktype = 'advisory' AND granted
  UNION ALL
  SELECT format('the prepared transaction %s is left in %s', gid, database)
  FROM pg_prepared_xacts WHERE database = ANY($1)`;

/** Sessions on these databases that keep something to themselves without working. @param url an administrator's */
export function readIdleHolders(url: string, databaseUrls: ReadonlyMap<string, string>): Promise<string[]> {
  const names = [...databaseUrls.values()].map((own) => new URL(own).pathname.slice(1));
  return withClient(url, async (read) =>
    (await read<{ what: string }>(IDLE_HOLDERS, [names])).map(({ what }) => what),
  );
}
