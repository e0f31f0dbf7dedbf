import {
  type DynamicModule,
  Global,
  Inject,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ENV, Lifecycle, TRANSPORT } from '@caravan/platform';
import { PassToDispatcher } from './failure.filter.ts';
import { type ExplainError, HANDLER_ERRORS } from './message.errors.ts';
import { MessageClient } from './message.client.ts';
import { MemoryTransport } from './memory.transport.ts';
import { MessageStrategy } from './message.strategy.ts';
import { RabbitTransport } from './rabbit.transport.ts';
import { MESSAGE_TRANSPORT, type Transport } from './transport.ts';

interface MessagingEnv {
  /** `memory://NAME`: no broker, all services of that name are in this process. */
  readonly RABBITMQ_URL: string;
}

export interface MessagingOptions {
  /** How many batches of durable messages may be under way at once, 1 by default: what comes meanwhile makes the next one larger. More where handlers wait for the outside. */
  readonly inFlight?: number;
}

/** Gives a process its messages. The only place where the transport is chosen. */
@Global()
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(@Inject(MESSAGE_TRANSPORT) private readonly transport: Transport) {}

  /** For a service that answers requests and hears commands and events under its name. */
  static forService(service: string, options: MessagingOptions = {}): DynamicModule {
    return module([
      transportProvider(service, options),
      {
        provide: TRANSPORT,
        inject: [MESSAGE_TRANSPORT, Lifecycle, { token: HANDLER_ERRORS, optional: true }],
        useFactory: (transport: Transport, lifecycle: Lifecycle, explain?: ExplainError) =>
          new MessageStrategy(service, transport, lifecycle, explain),
      },
      { provide: APP_FILTER, useClass: PassToDispatcher },
    ]);
  }

  /** For a process that only asks others, such as a BFF. */
  static forClient(name: string): DynamicModule {
    return module([transportProvider(name, {}), { provide: TRANSPORT, useValue: null }]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }
}

function module(providers: Provider[]): DynamicModule {
  return {
    module: MessagingModule,
    providers: [...providers, MessageClient],
    exports: [MessageClient, MESSAGE_TRANSPORT, TRANSPORT],
  };
}

function transportProvider(name: string, options: MessagingOptions): Provider {
  return {
    provide: MESSAGE_TRANSPORT,
    inject: [ENV, Lifecycle],
    useFactory: async (env: MessagingEnv, lifecycle: Lifecycle): Promise<Transport> => {
      const { protocol, host } = new URL(env.RABBITMQ_URL);
      const { inFlight = 1 } = options;
      const inMemory = protocol === 'memory:';
      const transport = inMemory
        ? new MemoryTransport(host, name, inFlight)
        : new RabbitTransport(env.RABBITMQ_URL, name, inFlight);
      lifecycle.addProbe(inMemory ? 'messages' : 'rabbitmq', () => transport.probe());
      await transport.start();
      return transport;
    },
  };
}
