import { RabbitConnection } from './rabbit.connection.ts';
import { RabbitConsumer } from './rabbit.consumer.ts';
import { RabbitPublisher } from './rabbit.publisher.ts';
import { RabbitRequester } from './rabbit.requester.ts';
import { RabbitResponder } from './rabbit.responder.ts';
import type { Receiver, Transport } from './transport.ts';
import type { OutgoingMessage, WireReply, WireRequest } from './wire.ts';

/** Messages over RabbitMQ: one connection a process, one channel for each way of talking. */
export class RabbitTransport implements Transport {
  private readonly connection: RabbitConnection;
  private readonly requester: RabbitRequester;
  private readonly publisher: RabbitPublisher;
  private servers: (RabbitResponder | RabbitConsumer)[] = [];

  /** @param inFlight how many batches of durable messages may be under way at once */
  constructor(
    url: string,
    private readonly service: string,
    private readonly inFlight: number,
  ) {
    this.connection = new RabbitConnection(url, service);
    this.requester = new RabbitRequester(this.connection);
    this.publisher = new RabbitPublisher(this.connection);
  }

  async start(): Promise<void> {
    await this.connection.add(this.publisher);
    await this.connection.add(this.requester);
    await this.connection.start();
  }

  request(service: string, request: Omit<WireRequest, 'id' | 'ttl'>, ttl: number): Promise<WireReply> {
    return this.requester.request(service, request, ttl);
  }

  publish(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    return this.publisher.publish(messages);
  }

  async serve(receiver: Receiver): Promise<void> {
    this.servers = [
      new RabbitResponder(this.connection, this.service, receiver),
      new RabbitConsumer(this.connection, this.publisher, this.service, receiver, this.inFlight),
    ];
    for (const server of this.servers) await this.connection.add(server);
  }

  async stopIntake(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop().catch(() => undefined)));
  }

  async settle(): Promise<void> {
    // What is not confirmed during an alarm stays where it came from; the end of the process does not wait for the alarm's.
    if (this.connection.blocked) this.publisher.giveUp('the process ends');
    await Promise.all(this.servers.map((server) => server.settle()));
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  async probe(): Promise<void> {
    if (!this.connection.connected) throw new Error('not connected to RabbitMQ');
    const detached = this.servers.find((server) => !server.attached);
    if (detached) throw new Error(`the ${detached.name} is not attached to its queue`);
    await this.publisher.prove();
  }
}
