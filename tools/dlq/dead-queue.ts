import type { ChannelModel, ConfirmChannel, GetMessage, Options } from 'amqplib';
import { deadLetterQueue, SUBSCRIPTIONS, workQueue } from '../../libs/contracts/src/index.ts';
import { WrongWords } from '../command-line.ts';
import { Trouble } from '../operations/program.ts';
import { afresh, readDeadLetter } from './dead-letter.ts';
import type { Held as AnyHeld } from './place.ts';

const CONFIRM_WITHIN_MS = 15_000;
/**
 * A quorum queue counts how often a message was given back, and RabbitMQ 4 throws it away after 20 times. One that was looked at this
 * often is renewed: published again, and acknowledged once the broker has it.
 */
const WORN_AFTER = 10;

/** A dead letter in our hands: the broker gives it to nobody else, and takes it back when we are gone. */
export interface Held extends AnyHeld {
  readonly message: GetMessage;
}

/** The dead letters of one service. What is neither acknowledged nor renewed stays where it was, also when this process is killed. */
export class DeadQueue {
  readonly service: string;
  /** How many there were at the beginning; undefined when the queue is not there. */
  readonly count: number | undefined;
  private readonly channel: ConfirmChannel;
  private readonly held = new Set<GetMessage>();
  private readonly returned = new Set<string>();
  private nextId = 0;

  private constructor(service: string, count: number | undefined, channel: ConfirmChannel) {
    this.service = service;
    this.count = count;
    this.channel = channel;
    channel.on('return', (message) => this.returned.add(String(message.properties.messageId)));
  }

  /** Opens the queues of one service or of all, works, and gives back what was only looked at. */
  static async use<T>(
    connection: ChannelModel,
    services: readonly string[],
    work: (queues: DeadQueue[]) => Promise<T>,
  ): Promise<T> {
    const queues: DeadQueue[] = [];
    try {
      for (const service of services) queues.push(await DeadQueue.open(connection, service));
      return await work(queues);
    } finally {
      for (const queue of queues) await queue.close();
    }
  }

  private static async open(connection: ChannelModel, service: string): Promise<DeadQueue> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    const answer = channel.checkQueue(deadLetterQueue(service));
    const count = await answer.then(
      ({ messageCount }) => messageCount,
      () => undefined,
    );
    return new DeadQueue(service, count, channel);
  }

  /** Takes one after the other into our hands, those that were there at the beginning and no more than `limit`. */
  async *letters(limit = Infinity): AsyncGenerator<Held> {
    for (let n = 0; n < Math.min(limit, this.count ?? 0); n++) {
      const message = await this.channel.get(deadLetterQueue(this.service));
      if (!message) return;
      this.held.add(message);
      yield { letter: readDeadLetter(this.service, message), message };
    }
  }

  /** Puts it into the service's own queue, under the same id. @throws Trouble unless the broker confirms that it is there */
  redrive({ message }: Held): Promise<void> {
    return this.publish(workQueue(this.service), afresh(message.content), {});
  }

  /** It is gone from here. */
  forget({ message }: Held): void {
    this.held.delete(message);
    this.channel.ack(message);
  }

  private async close(): Promise<void> {
    const deliveries = ({ properties }: GetMessage) => Number(properties.headers?.['x-delivery-count'] ?? 0);
    for (const message of [...this.held].filter((message) => deliveries(message) >= WORN_AFTER))
      await this.renew(message).catch(() => undefined);
    // A channel that the broker has closed throws, and so does one whose connection is gone: what was wanted.
    await Promise.resolve()
      .then(() => this.channel.close())
      .catch(() => undefined);
  }

  private async renew(message: GetMessage): Promise<void> {
    const { 'x-delivery-count': _, ...headers } = (message.properties.headers ?? {}) as Record<
      string,
      unknown
    >;
    await this.publish(deadLetterQueue(this.service), message.content, { headers });
    this.channel.ack(message);
  }

  private publish(queue: string, body: Buffer, options: Options.Publish): Promise<void> {
    const messageId = `operator-${process.pid}-${this.nextId++}`;
    const gone = (why: string) => new Trouble(`${queue} did not take a message: ${why}`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(gone('the broker did not confirm')), CONFIRM_WITHIN_MS);
      const confirmed = (error: unknown): void => {
        clearTimeout(timer);
        if (error) reject(gone('the broker refused it'));
        else if (this.returned.delete(messageId)) reject(gone('there is no such queue'));
        else resolve();
      };
      const durable = { messageId, persistent: true, mandatory: true, contentType: 'application/json' };
      this.channel.publish('', queue, body, { ...options, ...durable }, confirmed);
    });
  }
}

/** The services that `--queue` names, all without it. @throws WrongWords */
export function servicesFor(queue: string | undefined): string[] {
  const services = Object.keys(SUBSCRIPTIONS);
  if (queue === undefined) return services;
  const service = services.find((name) => name === queue || deadLetterQueue(name) === queue);
  if (!service) throw new WrongWords(`--queue: "${queue}" is none of ${services.join(', ')}.`);
  return [service];
}
