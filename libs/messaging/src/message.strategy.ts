import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { durableTypesOf } from '@caravan/contracts';
import type { Lifecycle } from '@caravan/platform';
import { MessageDispatcher } from './message.dispatcher.ts';
import type { ExplainError } from './message.errors.ts';
import type { Transport } from './transport.ts';

/** Nest's side of the transport: `@MessagePattern` and `@EventPattern` handlers with their guards, pipes, interceptors and filters. */
export class MessageStrategy extends Server implements CustomTransportStrategy {
  /** Handlers' errors come to the dispatcher, which decides what becomes of the message. */
  override readonly propagatesEventHandlerErrors = true;

  constructor(
    private readonly service: string,
    private readonly transport: Transport,
    private readonly lifecycle: Lifecycle,
    private readonly explain?: ExplainError,
  ) {
    super();
  }

  /** @throws when handlers and subscriptions do not match: a message nobody handles would only be found at night. */
  listen(callback: (error?: unknown) => void): void {
    const missing = durableTypesOf(this.service).filter((type) => !this.messageHandlers.has(type));
    if (missing.length > 0)
      throw new Error(`${this.service} is sent ${missing.join(', ')} but has no @EventPattern for it`);
    this.lifecycle.onDrain('intake', () => this.transport.stopIntake());
    this.lifecycle.onDrain('in-flight', () => this.transport.settle());
    const receiver = new MessageDispatcher(this.messageHandlers, this.explain);
    this.transport.serve(receiver).then(() => callback(), callback);
  }

  close(): void {
    // The connection is closed by the module that opened it, after everything that uses it.
  }

  on(): void {
    throw new Error('The transport has no events of its own; probes tell its state');
  }

  unwrap<T>(): T {
    return this.transport as T;
  }
}
