import { Inject, Injectable, Logger } from '@nestjs/common';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import {
  type Contract,
  contractOf,
  type DataOf,
  deadlineExceeded,
  Failure,
  invalid,
  type ReplyOf,
  serviceOf,
} from '@caravan/contracts';
import { currentContext } from '@caravan/platform';
import { describe } from './message.dispatcher.ts';
import { MESSAGE_TRANSPORT, type Transport } from './transport.ts';

const DEFAULT_PATIENCE_MS = 5_000;

/** Asks other services. Nest's own `send(pattern, data)` works as well; `ask` knows the contract's types. */
@Injectable()
export class MessageClient extends ClientProxy {
  private readonly log = new Logger(MessageClient.name);

  constructor(@Inject(MESSAGE_TRANSPORT) private readonly transport: Transport) {
    super();
  }

  /**
   * Asks the service that the contract names, and waits.
   * @param options.within milliseconds to wait, 5,000 by default, never longer than the deadline of the work at hand
   * @throws Failure the service's own; `caravan.unavailable` (nothing happened), `caravan.deadline-exceeded` (unknown), `caravan.invalid`
   */
  async ask<C extends Contract<never, unknown> | Contract>(
    contract: C,
    data: DataOf<C>,
    options: { within?: number } = {},
  ): Promise<ReplyOf<C>> {
    const { type } = contract;
    const sent = contract.data.safeParse(data);
    if (!sent.success)
      throw invalid(`The request does not have the shape of ${type}: ${describe(sent.error.issues)}`);
    const context = currentContext();
    const patience = options.within ?? DEFAULT_PATIENCE_MS;
    const ttl =
      context.deadline === undefined ? patience : Math.min(patience, context.deadline - performance.now());
    if (ttl <= 0) throw deadlineExceeded(serviceOf(contract));
    const reply = await this.transport.request(
      serviceOf(contract),
      { type, data: sent.data, trace: context.traceparent },
      ttl,
    );
    if (reply.failure) throw Failure.from(reply.failure);
    return contract.reply.parse(reply.data) as ReplyOf<C>;
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // The transport belongs to the module.
  }

  unwrap<T>(): T {
    return this.transport as T;
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const contract = contractOf(String(packet.pattern));
    if (!contract)
      callback({ err: invalid(`No contract has the name ${String(packet.pattern)}`), isDisposed: true });
    else {
      this.ask(contract, packet.data).then(
        (response) => callback({ response, isDisposed: true }),
        (err: unknown) => callback({ err, isDisposed: true }),
      );
    }
    return () => undefined;
  }

  protected dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    this.log.error(`emit(${String(packet.pattern)}) was refused`);
    return Promise.reject(
      new Error(
        'Events leave through the outbox, in the transaction that made them true: UnitOfWork.run(tx => tx.publish(…))',
      ),
    );
  }
}
