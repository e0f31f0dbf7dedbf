import pg from 'pg';
import type { HistoryEntry, Released } from './world.ts';

const PAGE = 1_000;
const JOURNALS = `
  SELECT type, id, traceparent, definition, data, state, step, step_name AS "stepName", ask, attempt, failure, stuck,
    due_at IS NULL AND updated_at > to_timestamp((journal -> -1 ->> 'at')::bigint / 1e6) AS "endedUnrecorded",
    coalesce((SELECT jsonb_agg(entry ORDER BY t.id) FROM saga_transition t
      WHERE t.saga_id = saga.id AND t.type = saga.type AND entry IS NOT NULL), '[]') || coalesce(journal, '[]') AS journal
  FROM saga WHERE (id, type) > ($1, $2) ORDER BY id, type LIMIT ${PAGE}`;

/**
 * Replays the journal of every saga with this checkout's state machine and definitions; no service is asked.
 * @param url of the database of orders
 * @param others definitions of other releases that ran in the same system
 */
export async function readHistories(url: string, others: readonly Released[] = []): Promise<HistoryEntry[]> {
  // Sources of services and libraries: Node alone cannot load them before the first of these two.
  await import('./source-modules.ts');
  const { catalogueOf, historiesOf } = await import('./replay-journals.ts');
  const catalogue = catalogueOf(others);
  const client = new pg.Client({ connectionString: url, application_name: 'checker' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const histories: HistoryEntry[] = [];
    let after = ['00000000-0000-0000-0000-000000000000', ''];
    for (;;) {
      const { rows } = await client.query<Parameters<typeof historiesOf>[1][number]>(JOURNALS, after);
      histories.push(...historiesOf(catalogue, rows));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return histories;
      after = [last.id, last.type];
    }
  } finally {
    await client.end();
  }
}
