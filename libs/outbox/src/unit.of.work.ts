import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { Message } from '@caravan/messaging';
import { faultPoint, sabotaged } from '@caravan/platform';
import { isConflict, translated } from './database.errors.ts';
import { OutboxRelay } from './outbox.relay.ts';
import { prepared, Tx } from './tx.ts';

const ATTEMPTS = 5;

const WRITE_OUTBOX = `
  INSERT INTO outbox (message_id, type, routing_key, body)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
  RETURNING id, message_id`;
const ENTER_INBOX = `
  INSERT INTO inbox (message_id) SELECT unnest($1::uuid[])
  ON CONFLICT DO NOTHING RETURNING message_id`;

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
   * @throws TransientError when the database is away; whatever `work` throws, rolled back
   */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isConflict(error) || attempt === ATTEMPTS) throw translated(error);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
      }
    }
  }

  /** The same for a batch of messages: `work` sees only those that were never consumed before. */
  consume<M extends Message>(
    messages: readonly M[],
    work: (fresh: M[], tx: Tx) => Promise<void>,
  ): Promise<void> {
    return this.run(async (tx) => {
      const entered = await tx.query<{ message_id: string }>(ENTER_INBOX, [
        messages.map((message) => message.id),
      ]);
      const fresh = new Set(entered.map((row) => row.message_id));
      // A message may stand twice in one batch: the first one counts.
      const once = messages.filter((message) => fresh.delete(message.id) || sabotaged('inbox-off'));
      if (once.length > 0) await work(once, tx);
    });
  }

  /**
   * Reads outside of any transaction, by a named, prepared statement of constant text.
   * @throws TransientError when the database is away
   */
  async read<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await prepared<Row>((await runner.connect()) as PoolClient, sql, params);
    } catch (error) {
      throw translated(error);
    } finally {
      await runner.release().catch(() => undefined);
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
    const runner = this.dataSource.createQueryRunner();
    let tx: Tx;
    let result: T;
    let rows: OutboxRow[];
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      tx = new Tx(runner.manager, client);
      result = await work(tx);
      rows = await write(tx);
      await faultPoint('transaction.before-commit');
    } catch (error) {
      await rollback(runner);
      throw error;
    }
    try {
      await runner.commitTransaction();
      await faultPoint('transaction.after-commit');
    } catch (error) {
      await rollback(runner);
      throw translated(error, !isConflict(error));
    }
    await runner.release();
    if (rows.length > 0) this.relay.publishSoon(rows);
    for (const hook of tx.commitHooks) hook();
    return result;
  }
}

export type OutboxRow = Tx['outgoing'][number] & { readonly rowId: string };

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

async function rollback(runner: QueryRunner): Promise<void> {
  await runner.rollbackTransaction().catch(() => undefined);
  await runner.release().catch(() => undefined);
}
