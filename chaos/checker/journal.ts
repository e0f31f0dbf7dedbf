import pg from 'pg';

/** What each service's own tables tell in passing: everything that stood in the outbox, every state that moved. */
const MOVING: Readonly<Record<string, { table: string; key: string; state: string }[]>> = {
  orders: [
    { table: 'orders', key: 'id', state: 'status' },
    { table: 'saga', key: 'id', state: 'state' },
  ],
  payments: [{ table: 'payments', key: 'order_id', state: 'status' }],
  inventory: [{ table: 'reservation', key: 'order_id', state: 'state' }],
};

const OPEN = `
  CREATE SCHEMA IF NOT EXISTS journal;
  CREATE TABLE IF NOT EXISTS journal.opened (at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE TABLE IF NOT EXISTS journal.published (message_id uuid, type text, routing_key text, body text);
  CREATE TABLE IF NOT EXISTS journal.change (id bigint GENERATED ALWAYS AS IDENTITY, what text, key text, was text, became text);
  CREATE OR REPLACE FUNCTION journal.published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO journal.published SELECT message_id, type, routing_key, body FROM added; RETURN NULL; END $$;
  CREATE OR REPLACE TRIGGER journal AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal.published();`;

const watch = ({ table, key, state }: { table: string; key: string; state: string }): string => `
  CREATE OR REPLACE FUNCTION journal.${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO journal.change (what, key, was, became) VALUES ('${table}', NEW.${key}, OLD.${state}, NEW.${state}); RETURN NULL; END $$;
  CREATE OR REPLACE TRIGGER journal AFTER UPDATE ON ${table} FOR EACH ROW
    WHEN (OLD.${state} IS DISTINCT FROM NEW.${state}) EXECUTE FUNCTION journal.${table}();`;

/**
 * Begins to write down what the services say and do, by triggers in their databases and in their own transactions: the services
 * know nothing of it, and what is rolled back is not written. Before the load begins; again it does nothing.
 * @param databaseUrls by service name
 */
export async function openJournal(databaseUrls: ReadonlyMap<string, string>): Promise<void> {
  for (const [service, url] of databaseUrls) {
    const client = new pg.Client(url);
    await client.connect();
    try {
      const opening = [OPEN, ...(MOVING[service] ?? []).map(watch)].join('\n');
      await client.query(`BEGIN; ${opening}`);
      await client.query(`INSERT INTO journal.opened SELECT WHERE NOT EXISTS (SELECT FROM journal.opened)`);
      await client.query('COMMIT');
    } finally {
      await client.end();
    }
  }
}
