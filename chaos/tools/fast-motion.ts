import { asAdmin } from './database.ts';
import type { World } from '../world.ts';

type Site = Pick<World, 'ground'>;

/** What an outage may make grow. */
export interface Sizes {
  /** Longest list of questions that a payment keeps. */
  readonly waiting: number;
  /** Most lines in the log of one saga. */
  readonly timeline: number;
  /** Rows of all tables that messages leave traces in. */
  readonly inbox: number;
  readonly outbox: number;
  readonly webhooks: number;
}

const SERVICES = ['orders', 'payments', 'inventory', 'notifications', 'users'] as const;

const ask = <Row extends object>({ ground }: Site, service: string, sql: string): Promise<Row[]> =>
  asAdmin<Row>(ground.servers.postgres.url, service, sql);

const number = async (site: Site, service: string, sql: string): Promise<number> =>
  (await ask<{ n: number }>(site, service, `SELECT coalesce((${sql}), 0)::int AS n`))[0]!.n;

const sum = async (site: Site, sql: string): Promise<number> => {
  let total = 0;
  for (const service of SERVICES) total += await number(site, service, sql);
  return total;
};

/**
 * Lets time pass for everything that waits for a due date in payments and sagas: their dates move into the past.
 * @param leaving what is due sooner than this keeps its date: leases of calls that are on their way
 */
export async function letTimePass(
  site: Site,
  ms: number,
  { leaving }: { leaving?: string } = {},
): Promise<void> {
  const by = `interval '${ms} milliseconds'`;
  const only = leaving === undefined ? '' : `AND due_at > now() + interval '${leaving}'`;
  await ask(
    site,
    'payments',
    `UPDATE payments SET due_at = due_at - ${by}, created_at = created_at - ${by}, updated_at = updated_at - ${by},
       operation_at = operation_at - ${by} WHERE due_at IS NOT NULL ${only}`,
  );
  await ask(
    site,
    'orders',
    `UPDATE saga SET due_at = due_at - ${by}, look_at = look_at - ${by}, started_at = started_at - ${by}, updated_at = updated_at - ${by}
     WHERE due_at IS NOT NULL ${only}`,
  );
}

export async function sizesOf(site: Site): Promise<Sizes> {
  return {
    waiting: await number(site, 'payments', 'SELECT max(jsonb_array_length(waiting)) FROM payments'),
    timeline: await number(
      site,
      'orders',
      'SELECT max(n) FROM (SELECT count(*) AS n FROM saga_timeline GROUP BY type, saga_id) AS each',
    ),
    inbox: await sum(site, 'SELECT count(*) FROM inbox'),
    outbox: await sum(site, 'SELECT count(*) FROM outbox'),
    webhooks: await number(site, 'payments', 'SELECT count(*) FROM webhook_events'),
  };
}

/** By how many rows each table grew, for each order. A saga's log is of one order already. */
export function growthOf(before: Sizes, after: Sizes, orders: number): { what: string; rows: number }[] {
  return (Object.keys(before) as (keyof Sizes)[]).map((what) => {
    const grown = after[what] - before[what];
    return { what, rows: what === 'timeline' || what === 'waiting' ? grown : grown / orders };
  });
}

/** How many messages all services have put into their outboxes since the journal was opened. */
export const publishedBy = (site: Site): Promise<number> =>
  sum(site, 'SELECT count(*) FROM journal.published');

/** Whether nothing of these orders is on its way any more. */
export async function settledOrders(site: Site, orderIds: readonly string[]): Promise<boolean> {
  const ids = orderIds.map((id) => `'${id}'`).join(', ');
  const open =
    (await number(
      site,
      'payments',
      `SELECT count(*) FROM payments WHERE order_id IN (${ids}) AND due_at IS NOT NULL`,
    )) +
    (await number(site, 'orders', `SELECT count(*) FROM saga WHERE id IN (${ids}) AND due_at IS NOT NULL`));
  return open === 0;
}
