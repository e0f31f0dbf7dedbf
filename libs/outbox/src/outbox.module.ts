import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HANDLER_ERRORS } from '@caravan/messaging';
import { ENV, Lifecycle, SERVICE_NAME } from '@caravan/platform';
import { translated } from './database.errors.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { DeadLetters } from './dead.letters.ts';
import { OperatorActions } from './operator.actions.ts';
import { OperatorHandlers } from './operator.handlers.ts';
import { OutboxRelay } from './outbox.relay.ts';
import { UnitOfWork } from './unit.of.work.ts';

interface DatabaseEnv {
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL?: number;
}

/** A service's own database: schema, transactions, outbox and inbox, and the trail of what operators did. */
@Global()
@Module({})
export class OutboxModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  static forService(options: DatabaseOptions): DynamicModule {
    const database = {
      provide: DataSource,
      inject: [ENV, SERVICE_NAME, Lifecycle],
      useFactory: async (env: DatabaseEnv, service: string, lifecycle: Lifecycle): Promise<DataSource> => {
        const dataSource = await openDatabase(env.DATABASE_URL, service, env.DATABASE_POOL ?? 6, options);
        lifecycle.addProbe('database', async () => void (await dataSource.query('SELECT 1')));
        return dataSource;
      },
    };
    const errors = { provide: HANDLER_ERRORS, useValue: (error: unknown) => translated(error) };
    return {
      module: OutboxModule,
      controllers: [OperatorHandlers],
      providers: [database, errors, DeadLetters, OperatorActions, OutboxRelay, UnitOfWork],
      exports: [DataSource, HANDLER_ERRORS, OperatorActions, UnitOfWork],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}
