import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

type Question = [service: string, sql: string];

/** What is still on its way, by service; each statement answers one number, and is cheap when it is 0. */
const QUESTIONS: Question[] = [
  ['orders', `SELECT count(*)::int AS n FROM outbox`],
  ['payments', `SELECT count(*)::int AS n FROM payments WHERE due_at IS NOT NULL`],
  ['inventory', `SELECT count(*)::int AS n FROM reservation WHERE state = 'HELD'`],
  ['orders', `SELECT count(*)::int AS n FROM saga WHERE due_at IS NOT NULL`],
  ['payments', `SELECT count(*)::int AS n FROM outbox`],
  ['inventory', `SELECT count(*)::int AS n FROM outbox`],
  ['notifications', `SELECT count(*)::int AS n FROM outbox`],
  ['users', `SELECT count(*)::int AS n FROM outbox`],
  ['orders', `SELECT count(*)::int AS n FROM saga WHERE state IN ('running', 'undoing')`],
];

/** Looks at the services' databases until nothing is on its way any more. */
export class Quiet {
  private readonly clients: ReadonlyMap<string, pg.Client>;

  private readonly questions: readonly Question[];

  private constructor(clients: ReadonlyMap<string, pg.Client>, questions: readonly Question[]) {
    this.clients = clients;
    this.questions = questions;
  }

  /** @param questions none for a system that does nothing after its answer */
  static async open(
    databaseUrls: ReadonlyMap<string, string>,
    questions: readonly Question[] = QUESTIONS,
  ): Promise<Quiet> {
    const clients = new Map<string, pg.Client>();
    for (const [service, url] of databaseUrls) {
      const client = new pg.Client({ connectionString: url, application_name: 'bench' });
      await client.connect();
      clients.set(service, client);
    }
    return new Quiet(clients, questions);
  }

  /** For what has no database. */
  static nothing(): Quiet {
    return new Quiet(new Map(), []);
  }

  get services(): string[] {
    return [...this.clients.keys()];
  }

  /** @throws when something is still on its way after `withinMs`, with the question that says what */
  async wait(withinMs = 90_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (let loud = await this.loudest(); loud !== undefined; loud = await this.loudest()) {
      if (performance.now() > deadline) throw new Error(`not quiet after ${withinMs / 1000} s: ${loud}`);
      await delay(100);
    }
  }

  async query<Row extends object>(service: string, sql: string, params: unknown[] = []): Promise<Row[]> {
    const client = this.clients.get(service);
    if (!client) throw new Error(`there is no database of ${service}`);
    return (await client.query<Row>(sql, params)).rows;
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) await client.end();
  }

  private async loudest(): Promise<string | undefined> {
    for (const [service, sql] of this.questions) {
      const [row] = await this.query<{ n: number }>(service, sql);
      if (row && row.n > 0) return `${service}: ${row.n} of ${sql.replace(/^.* FROM /, '')}`;
    }
    return undefined;
  }
}
