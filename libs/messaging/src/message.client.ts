import { Inject, Injectable, Logger } from '@nestjs/common';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import {
  Code,
  type Contract,
  contractOf,
  type DataOf,
  deadlineExceeded,
  Failure,
  invalid,
  type ReplyOf,
  serviceOf,
} from '@caravan/contracts';
import { currentContext, noteChange } from '@caravan/platform';
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
   * @param options.reads what is asked for changes nothing, whatever becomes of the answer
   * @throws Failure the service's own; `caravan.unavailable` (nothing happened), `caravan.deadline-exceeded` (unknown, also when the
   *   answer cannot be read), `caravan.invalid`
   */
  async ask<C extends Contract<never, unknown> | Contract>(
    contract: C,
    data: DataOf<C>,
    options: { within?: number; reads?: boolean } = {},
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
    const asked = { type, data: sent.data, trace: context.traceparent };
    const reply = await this.transport.request(serviceOf(contract), asked, ttl).catch((error: unknown) => {
      if (!options.reads && isUncertain(error)) noteChange();
      throw error;
    });
    if (reply.changed) noteChange();
    if (reply.failure) {
      if (!options.reads && isUncertain(reply.failure)) noteChange();
      throw Failure.from(reply.failure);
    }
    const read = contract.reply.safeParse(reply.data);
    if (read.success) return read.data as ReplyOf<C>;
    if (options.reads) throw read.error;
    // The service has done what it was asked for, or this could not be its answer.
    this.log.error(`An answer does not have the shape of ${type}: ${describe(read.error.issues)}`);
    noteChange();
    throw deadlineExceeded(serviceOf(contract));
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

const isUncertain = (error: unknown): boolean => (error as { code?: string }).code === Code.deadlineExceeded;
