import { Controller, type DynamicModule, Global, type InjectionToken, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, SagaReply } from '@caravan/contracts';
import type { Message } from '@caravan/messaging';
import { SagaBook } from './saga.book.ts';
import { SagaDeadlines } from './saga.deadlines.ts';
import type { SagaDefinition } from './saga.definition.ts';
import { SagaMetrics } from './saga.metrics.ts';
import { SAGA_DEFINITIONS, SagaRunner } from './saga.runner.ts';
import { SagasRepository } from './sagas.repository.ts';

@Controller()
class SagaHandlers {
  constructor(private readonly runner: SagaRunner) {}

  @EventPattern<string>(SagaReply.type)
  replies(@Payload() messages: Message<DataOf<typeof SagaReply>>[]): Promise<void> {
    return this.runner.replies(messages);
  }
}

/** Runs a service's sagas. Its migrations list `Sagas1700000000001`. */
@Global()
@Module({})
export class SagaModule {
  /**
   * @param options.imports modules whose providers the local steps use
   * @param options.inject tokens given to `define`
   */
  static forService<Args extends unknown[]>(options: {
    readonly imports: DynamicModule['imports'];
    readonly inject: { [K in keyof Args]: InjectionToken<Args[K]> };
    // oxlint-disable-next-line typescript/no-explicit-any -- each definition has its own data
    readonly define: (...args: Args) => SagaDefinition<never>[] | SagaDefinition<object>[];
  }): DynamicModule {
    return {
      module: SagaModule,
      imports: options.imports,
      controllers: [SagaHandlers],
      providers: [
        {
          provide: SAGA_DEFINITIONS,
          inject: [...options.inject] as InjectionToken[],
          useFactory: options.define as never,
        },
        SagasRepository,
        SagaBook,
        SagaDeadlines,
        SagaMetrics,
        SagaRunner,
      ],
      exports: [SagaBook, SagaRunner],
    };
  }
}
