import { Client } from 'pg';
import { DEAD_LETTER, type OperatorAction, redriveKey } from '../../libs/contracts/src/index.ts';
import { Trouble } from '../operations/program.ts';
import type { Listed } from '../operations/trail.ts';
import { readDeadLetter } from './dead-letter.ts';
import type { Held, LetterBox, Place, Signature } from './place.ts';

const PAGE = 64;
const CONNECT_MS = 5_000;

const READ = `
  SELECT message_id AS id, type, body, reason, attempts, died_at AS "diedAt" FROM dead_letter
  WHERE message_id > $1 ORDER BY message_id LIMIT $2`;
/** Gone from the dead letters, in the service's outbox for itself alone, and in the trail: all of it or nothing. */
const REDRIVE = `
  WITH taken AS (DELETE FROM dead_letter WHERE message_id = ANY($1::uuid[]) RETURNING *),
    sent AS (INSERT INTO outbox (message_id, type, routing_key, body) SELECT message_id, type, $2, body FROM taken)
  INSERT INTO operator_action (action, subject, about, actor, reason, outcome, message)
  SELECT 'redrive', message_id, left(type || ': ' || taken.reason, 2500), $3, $4, 'done', '' FROM taken
  RETURNING subject`;
const DROP = `
  WITH taken AS (DELETE FROM dead_letter WHERE message_id = ANY($1::uuid[]) RETURNING *)
  INSERT INTO operator_action (action, subject, about, actor, reason, outcome, message, content)
  SELECT 'drop', message_id, left(type || ': ' || taken.reason, 2500), $2, $3, 'done', '', convert_to('[' || body || ']', 'UTF8')
  FROM taken RETURNING subject`;
const TRAIL = `
  SELECT id, at, action, subject, about, actor AS by, reason, outcome, message,
    CASE WHEN $2::text IS NOT NULL THEN content END AS content
  FROM operator_action WHERE action = ANY($1::text[]) AND ($2::text IS NULL OR $2 IN (subject, about))
  ORDER BY id DESC LIMIT $3`;

interface Row {
  id: string;
  type: string;
  body: string;
  reason: string;
  attempts: number;
  diedAt: Date;
}

type Action = Omit<OperatorAction, 'at' | 'content'> & { at: Date; content: Buffer | null };

/**
 * Dead letters in the databases of services that share a process and have no broker. What is redriven leaves through the service's outbox
 * within seconds, or when the process runs again.
 * @param urlOf the database of a service; undefined when it is not known
 */
export const databasePlace = (urlOf: (service: string) => string | undefined): Place => ({
  async use(services, work) {
    const clients: Client[] = [];
    try {
      const boxes: LetterBox[] = [];
      for (const service of services) {
        const client = await connected(service, urlOf(service));
        clients.push(client);
        boxes.push(await TableBox.open(service, client));
      }
      return await work(boxes);
    } finally {
      for (const client of clients) await client.end();
    }
  },
  async trail(services, actions, subject, limit) {
    const trail: Listed[] = [];
    const missing: string[] = [];
    for (const service of services) {
      try {
        const client = await connected(service, urlOf(service));
        const { rows } = await client.query<Action>(TRAIL, [actions, subject, limit]);
        await client.end();
        for (const { at, content, ...row } of rows)
          trail.push({
            service,
            ...row,
            at: at.toISOString(),
            content: content?.toString('base64') ?? null,
          });
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        missing.push(error.message);
      }
    }
    trail.sort((a, b) => b.at.localeCompare(a.at));
    return { trail: trail.slice(0, limit), missing };
  },
});

class TableBox implements LetterBox {
  readonly service: string;
  readonly name: string;
  readonly count: number;
  private readonly client: Client;

  private constructor(service: string, client: Client, count: number) {
    this.service = service;
    this.name = `dead_letter of ${service}`;
    this.client = client;
    this.count = count;
  }

  static async open(service: string, client: Client): Promise<TableBox> {
    const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM dead_letter');
    return new TableBox(service, client, rows[0]!.n);
  }

  /** The oldest first: ids begin with the time. Those that come meanwhile are younger, and left out. */
  async *letters(limit = Infinity): AsyncGenerator<Held> {
    let after = '00000000-0000-0000-0000-000000000000';
    let left = Math.min(limit, this.count);
    while (left > 0) {
      const { rows } = await this.client.query<Row>(READ, [after, Math.min(PAGE, left)]);
      if (rows.length === 0) return;
      for (const row of rows) yield this.held(row);
      left -= rows.length;
      after = rows.at(-1)!.id;
    }
  }

  redrive(handful: Held[], { by, reason }: Signature): Promise<Held[]> {
    return this.move(handful, REDRIVE, [redriveKey(this.service), by, reason]);
  }

  drop(handful: Held[], { by, reason }: Signature): Promise<Held[]> {
    return this.move(handful, DROP, [by, reason]);
  }

  /** Another operator may have been first: those are not counted. */
  private async move(handful: Held[], statement: string, further: unknown[]): Promise<Held[]> {
    const ids = handful.map(({ letter }) => letter.id);
    const { rows } = await this.client.query<{ subject: string }>(statement, [ids, ...further]);
    const moved = new Set(rows.map(({ subject }) => subject));
    return handful.filter(({ letter }) => moved.has(letter.id));
  }

  /** As it would lie in a queue. The id is that of the row, by which it is found again, whatever stands in the body. */
  private held({ id, type, body, reason, attempts, diedAt }: Row): Held {
    const headers = {
      [DEAD_LETTER.reason]: reason,
      [DEAD_LETTER.attempts]: attempts,
      [DEAD_LETTER.type]: type,
      [DEAD_LETTER.service]: this.service,
      [DEAD_LETTER.diedAt]: diedAt.toISOString(),
    };
    const message = { content: Buffer.from(`[${body}]`), properties: { headers } };
    return { letter: { ...readDeadLetter(this.service, message), id, furtherIds: [] }, message };
  }
}

async function connected(service: string, url: string | undefined): Promise<Client> {
  if (url === undefined)
    throw new Trouble(
      `The database of ${service} is not known: ${service.toUpperCase()}__DATABASE_URL is wanted.`,
    );
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new Trouble(`The database of ${service} does not answer: ${(error as Error).message}`);
  }
  return client;
}
