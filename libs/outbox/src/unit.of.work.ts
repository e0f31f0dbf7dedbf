import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { type Message, TransientError } from '@caravan/messaging';
import { faultPoint, noteChange, sabotaged } from '@caravan/platform';
import { away, isAnswer, isConflict, isRefusal, translated } from './database.errors.ts';
import { OutboxRelay } from './outbox.relay.ts';
import { type Outgoing, prepared, Tx, writes } from './tx.ts';

type Work<M> = (fresh: M[], tx: Tx, ahead: unknown) => Promise<void>;

const ATTEMPTS = 5;

const WRITE_OUTBOX = `
  INSERT INTO outbox (message_id, type, routing_key, body)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
  RETURNING id, message_id`;
/** ON CONFLICT would write every row twice to the log; of two that enter a message at once, one is refused and begins again. */
const ENTER_INBOX = `
  INSERT INTO inbox (message_id)
  SELECT entering.id FROM unnest($1::uuid[]) AS entering (id)
  WHERE (SELECT true FROM inbox WHERE message_id = entering.id) IS NULL
  RETURNING message_id`;

/**
 * State and messages in one transaction (transactional outbox), and a message's effect once (idempotent consumer).
 * Source of the patterns: Chris Richardson, "Microservices Patterns", ch. 3.
 */
@Injectable()
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: OutboxRelay,
  ) {}

  /**
   * Runs `work` in one transaction, again from its start when the database refuses it because of a conflict, so it must have no effect
   * outside of the transaction. What it publishes is written with it and leaves right after the commit.
   * @param options.idempotent doing `work` twice is doing it once: it is also run again when the connection broke at COMMIT
   * @throws TransientError when the database is away, `outcomeUnknown` if it may have been done; whatever `work` throws, rolled back
   */
  async run<T>(work: (tx: Tx) => Promise<T>, options: { idempotent?: boolean } = {}): Promise<T> {
    let outcomeUnknown = false;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(work);
      } catch (error) {
        outcomeUnknown ||= error instanceof TransientError && error.outcomeUnknown;
        if (outcomeUnknown) noteChange();
        const again = isConflict(error) || (outcomeUnknown && options.idempotent);
        if (!again || attempt === ATTEMPTS) throw translated(error, outcomeUnknown);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
      }
    }
  }

  /**
   * The same for a batch of messages: `work` sees only those that were never consumed before.
   * @param ahead what is needed of the database before anything can be decided. It travels with the question which messages are fresh,
   *   so it is about all of them, and must change nothing that was done before: reads and locks, and what `ON CONFLICT` makes harmless
   */
  consume<M extends Message>(
    messages: readonly M[],
    work: (fresh: M[], tx: Tx) => Promise<void>,
  ): Promise<void>;
  consume<M extends Message, Ahead>(
    messages: readonly M[],
    ahead: (tx: Tx) => Promise<Ahead>,
    work: (fresh: M[], tx: Tx, ahead: Ahead) => Promise<void>,
  ): Promise<void>;
  consume<M extends Message>(
    messages: readonly M[],
    ...steps: [Work<M>] | [(tx: Tx) => Promise<unknown>, Work<M>]
  ): Promise<void> {
    const [ahead, work] = steps.length === 1 ? [async () => undefined, steps[0]] : steps;
    return this.run(
      async (tx) => {
        const [entered, found] = await Promise.all([
          tx.query<{ message_id: string }>(ENTER_INBOX, [idsOf(messages)]),
          ahead(tx),
        ]);
        const fresh = new Set(entered.map((row) => row.message_id));
        // A message may stand twice in one batch: the first one counts.
        const once = messages.filter((message) => fresh.delete(message.id) || sabotaged('inbox-off'));
        if (once.length > 0) await work(once, tx, found);
      },
      { idempotent: true },
    );
  }

  /**
   * Runs a statement that is a transaction of its own, named and prepared: its text must be constant.
   * @throws TransientError when the database is away; `outcomeUnknown` if it was a write that may have been done all the same
   */
  async query<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    let client: PoolClient | undefined;
    try {
      client = await this.connect();
      const rows = await prepared<Row>(client, sql, params);
      if (writes(sql)) noteChange();
      return rows;
    } catch (error) {
      // Without a connection nothing was sent; what the server refused has not happened.
      const outcomeUnknown = client !== undefined && writes(sql) && !isRefusal(error);
      if (outcomeUnknown) noteChange();
      throw translated(error, outcomeUnknown);
    } finally {
      client?.release();
    }
  }

  /** Reads through TypeORM's mappings, outside of any transaction. @throws TransientError when the database is away */
  async reading<T>(query: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await query(this.dataSource.manager);
    } catch (error) {
      throw translated(error);
    }
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.connect();
    const tx = new Tx(client);
    let done: { result: T; rows: OutboxRow[] };
    try {
      done = await this.within(tx, client, work);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
    if (tx.writes) noteChange();
    if (done.rows.length > 0) this.relay.publishSoon(done.rows);
    for (const hook of tx.commitHooks) hook();
    return done.result;
  }

  /** Statements leave in one packet where nobody waits for an answer in between: BEGIN with the first, COMMIT with the last. */
  private async within<T>(
    tx: Tx,
    client: PoolClient,
    work: (tx: Tx) => Promise<T>,
  ): Promise<{ result: T; rows: OutboxRow[] }> {
    const result = await work(tx).catch((error: unknown) => {
      // The first that failed is the cause; those after it only say that the transaction is over.
      return tx.answered().then(() => Promise.reject(error));
    });
    const written = write(tx);
    written.catch(() => undefined);
    const fault = faultPoint('transaction.before-commit');
    if (fault) await fault;
    const committed = client.query('COMMIT');
    committed.catch(() => undefined);
    let toCommit = false;
    try {
      // In the order in which they were sent: the first that failed is the cause.
      await tx.answered();
      const rows = await written;
      toCommit = true;
      await committed;
      await faultPoint('transaction.after-commit');
      return { result, rows };
    } catch (error) {
      // What the server said no to before COMMIT was rolled back, whatever came after.
      if (toCommit ? isRefusal(error) : isAnswer(error)) throw error;
      const said = `The database, at COMMIT: ${(error as Error).message}`;
      throw new TransientError(said, { cause: error, outcomeUnknown: true });
    }
  }

  /** From the pool that TypeORM keeps; its query runners would add an object, two events and a copy to every statement. */
  private connect(): Promise<PoolClient> {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    return master.connect().catch((error: unknown) => Promise.reject(away(error)));
  }
}

/** Each once and in one order: two batches with the same messages must not wait for each other crosswise. */
const idsOf = (messages: readonly Message[]): string[] => [...new Set(messages.map(({ id }) => id))].sort();

export type OutboxRow = Outgoing & { readonly rowId: string };

async function write(tx: Tx): Promise<OutboxRow[]> {
  const { outgoing } = tx;
  if (outgoing.length === 0) return [];
  if (sabotaged('outbox-skipped')) return outgoing.map((message) => ({ ...message, rowId: '0' }));
  const columns = [
    outgoing.map((m) => m.id),
    outgoing.map((m) => m.type),
    outgoing.map((m) => m.routingKey),
    outgoing.map((m) => m.body),
  ];
  const written = await tx.query<{ id: string; message_id: string }>(WRITE_OUTBOX, columns);
  const rowIds = new Map(written.map((row) => [row.message_id, row.id]));
  return outgoing.map((message) => ({ ...message, rowId: rowIds.get(message.id)! }));
}
