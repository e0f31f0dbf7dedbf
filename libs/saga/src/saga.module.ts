import { Controller, type DynamicModule, Global, type InjectionToken, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, SagaReply } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import type { ReleasedDefinition } from './definition.data.ts';
import { SagaBook } from './saga.book.ts';
import { type AnyDefinition, SagaCatalogue } from './saga.catalogue.ts';
import { SagaDeadlines } from './saga.deadlines.ts';
import { SagaMetrics } from './saga.metrics.ts';
import {
  Sagas1700000000001,
  SagasByName1764000000001,
  SagasLookedAt1764000000002,
  SagasRolledBack1763790000002,
} from './saga.migrations.ts';
import { SagaRunner } from './saga.runner.ts';
import { SagasRepository } from './sagas.repository.ts';
import { UnknownDefinitions } from './unknown.definitions.ts';

/** What a service that runs sagas lists among its migrations. */
export const SAGA_MIGRATIONS = [
  Sagas1700000000001,
  SagasRolledBack1763790000002,
  SagasByName1764000000001,
  SagasLookedAt1764000000002,
];

@Controller()
class SagaHandlers {
  constructor(private readonly runner: SagaRunner) {}

  @EventPattern<string>(SagaReply.type)
  replies(@Payload() messages: Message<DataOf<typeof SagaReply>>[]): Promise<void> {
    return this.runner.replies(messages);
  }
}

/** Runs a service's sagas. Its migrations list those of `@caravan/saga`. */
@Global()
@Module({})
export class SagaModule {
  /**
   * @param options.imports modules whose providers the local steps use
   * @param options.inject tokens given to `define`
   * @param options.released the committed definitions of past releases (`npm run generate` writes them)
   * @throws at start when a released definition cannot be run any more
   */
  static forService<Args extends unknown[]>(options: {
    readonly imports: DynamicModule['imports'];
    readonly inject: { [K in keyof Args]: InjectionToken<Args[K]> };
    readonly define: (...args: Args) => AnyDefinition[];
    readonly released?: readonly ReleasedDefinition[];
  }): DynamicModule {
    const { imports, inject, define, released } = options;
    return {
      module: SagaModule,
      imports,
      controllers: [SagaHandlers],
      providers: [
        {
          provide: SagaCatalogue,
          inject: [...inject] as InjectionToken[],
          useFactory: (...args: Args) => new SagaCatalogue(define(...args), released),
        },
        SagasRepository,
        SagaBook,
        SagaDeadlines,
        SagaMetrics,
        SagaRunner,
        UnknownDefinitions,
      ],
      exports: [SagaBook, SagaRunner],
    };
  }
}
