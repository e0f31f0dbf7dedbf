import { Logger } from '@nestjs/common';
import { DataSource, type EntitySchema, type MixedList } from 'typeorm';
import { OutboxAndInbox1700000000000 } from './outbox.migrations.ts';

export interface DatabaseOptions {
  readonly entities: readonly EntitySchema[];
  /** Classes, listed by name: a bundle has no globs. */
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- TypeORM's own type of a migration class
  readonly migrations: readonly Function[];
}

/** Milliseconds. A transaction that waits longer than these is ended by the server, whatever became of the client. */
const LIMITS = {
  statement_timeout: 15_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 60_000,
};
const MIGRATION_LOCK = 7_260_001;

/** Connects, trying until the database is there, and brings its schema up to date; of several replicas one migrates and the others wait. */
export async function openDatabase(
  url: string,
  service: string,
  poolSize: number,
  options: DatabaseOptions,
): Promise<DataSource> {
  const log = new Logger('Database');
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    applicationName: service,
    entities: [...options.entities] as MixedList<EntitySchema>,
    // oxlint-disable-next-line typescript/no-unsafe-function-type
    migrations: [OutboxAndInbox1700000000000, ...options.migrations] as MixedList<Function>,
    entitySkipConstructor: true,
    poolSize,
    connectTimeoutMS: 5_000,
    poolErrorHandler: (error: Error) => log.warn(`A connection was lost: ${error.message}`),
    extra: { ...LIMITS, keepAlive: true, idleTimeoutMillis: 60_000 },
  });
  for (let attempt = 0; ; attempt++) {
    try {
      await dataSource.initialize();
      await migrate(dataSource, log);
      return dataSource;
    } catch (error) {
      if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
      if (attempt % 10 === 0)
        log.warn(`The database is not there yet (${(error as Error).message}); trying again`);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(2_000, 100 * 2 ** attempt) * (0.5 + Math.random())),
      );
    }
  }
}

async function migrate(dataSource: DataSource, log: Logger): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    if (await dataSource.showMigrations()) {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      log.log(`Migrated: ${done.map((migration) => migration.name).join(', ')}`);
    }
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}
