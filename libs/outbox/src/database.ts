import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg, { type PoolClient } from 'pg';
import { DataSource, type EntitySchema, type MixedList, type QueryRunner } from 'typeorm';
import { packWrites } from '@caravan/platform';
import { untilAnswered } from './patience.ts';
import {
  DeadLetters1763760000000,
  OperatorActions1763750000000,
  OutboxAndInbox1700000000000,
} from './outbox.migrations.ts';

export interface DatabaseOptions {
  readonly entities: readonly EntitySchema[];
  /** Classes, listed by name: a bundle has no globs. */
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- TypeORM's own type of a migration class
  readonly migrations: readonly Function[];
}

/**
 * Milliseconds. A transaction that waits longer than these is ended by the server, whatever became of the client. They are well below the
 * deadline of a request and of a saga's step, so that what one row costs leaves time for the others.
 */
const LIMITS = {
  statement_timeout: 5_000,
  // Longer than the server's deadlock_timeout (1 s): a deadlock is told as one, and its transaction is done again.
  lock_timeout: 1_500,
  // A process that was stopped in the middle of a transaction must not hold its rows for long.
  idle_in_transaction_session_timeout: 5_000,
  // A server that vanished without a word ends no statement: the client gives up by itself.
  query_timeout: 20_000,
};

/**
 * Every statement of a service asks for a few rows by key. A plan that reads whole tables looks right while these are young, and a
 * prepared statement keeps it when they have grown; so it is never taken where an index will do.
 */
const BY_INDEX = ['seqscan', 'hashjoin', 'mergejoin'].map((way) => `-c enable_${way}=off`).join(' ');

/** A plan by key does not depend on the keys, and planning takes as long as doing: planned once a connection, not at every execution. */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan';

const MIGRATION_LOCK = 7_260_001;
const LOOK_FOR_LOCK_MS = 200;
const MIGRATION_LOCK_TIMEOUT_MS = 1_000;

/** Connects, trying until the database is there, and brings its schema up to date; of several replicas one migrates and the others wait. */
export async function openDatabase(
  url: string,
  service: string,
  poolSize: number,
  { entities, migrations }: DatabaseOptions,
): Promise<DataSource> {
  const log = new Logger('Database');
  const connection = {
    type: 'postgres',
    // Left to itself, TypeORM looks for it in node_modules at run time: a bundle has none.
    driver: pg,
    url,
    applicationName: service,
    connectTimeoutMS: 5_000,
    poolErrorHandler: (error: Error) => log.warn(`A connection was lost: ${error.message}`),
  } as const;
  const dataSource = new DataSource({
    ...connection,
    entities: [...entities] as MixedList<EntitySchema>,
    entitySkipConstructor: true,
    poolSize,
    extra: {
      ...LIMITS,
      options: `${BY_INDEX} ${PLANNED_ONCE}`,
      pipeline: true,
      keepAlive: true,
      idleTimeoutMillis: 60_000,
      onConnect,
    },
  });
  const schema = new DataSource({
    ...connection,
    // oxlint-disable-next-line typescript/no-unsafe-function-type
    migrations: [
      OutboxAndInbox1700000000000,
      DeadLetters1763760000000,
      OperatorActions1763750000000,
      ...migrations,
    ] as MixedList<Function>,
    poolSize: 2,
    // A migration may run for long, but must not wait long for a lock, because the whole table waits behind it; it is tried again.
    extra: { lock_timeout: MIGRATION_LOCK_TIMEOUT_MS },
  });
  const open = async (): Promise<DataSource> => {
    try {
      await schema.initialize();
      await migrate(schema, log);
      return await dataSource.initialize();
    } finally {
      if (schema.isInitialized) await schema.destroy().catch(() => undefined);
    }
  };
  return untilAnswered(log, open, () => true);
}

function onConnect(client: PoolClient): void {
  // A connection that breaks while somebody has it tells him by what he asked of it; nobody else need hear.
  client.on('error', () => undefined);
  packWrites((client as unknown as { connection: { stream: Socket } }).connection.stream);
}

async function migrate(dataSource: DataSource, log: Logger): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await lock(runner);
    if (await dataSource.showMigrations()) {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      log.log(`Migrated: ${done.map((migration) => migration.name).join(', ')}`);
    }
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}

/** By trying: a statement that waits for the lock has a snapshot, and CREATE INDEX CONCURRENTLY would wait for that in turn. */
async function lock(runner: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = (await runner.query('SELECT pg_try_advisory_lock($1) AS held', [MIGRATION_LOCK])) as {
      held: boolean;
    }[];
    if (row?.held) return;
    await delay(LOOK_FOR_LOCK_MS);
  }
}
