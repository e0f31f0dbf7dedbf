import { randomBytes } from 'node:crypto';
import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import {
  type Contract,
  type DataOf,
  type FailureData,
  type ReplyOf,
  requestQueue,
} from '../../libs/contracts/src/index.ts';
import { withoutPassword } from '../infrastructure/infrastructure.ts';
import { Trouble } from './program.ts';

const REPLY_TO = 'amq.rabbitmq.reply-to';
/** Longer than a service lets one of its statements run. */
const PATIENCE_MS = 20_000;

type Reply = { id: number; data?: unknown; failure?: FailureData };

/** The broker of an installation, and through it the services: what an operator's commands work with. */
export class Broker {
  readonly connection: ChannelModel;
  private readonly url: string;
  private asking: Channel | undefined;
  private readonly open = new Map<number, (reply: Reply) => void>();
  private nextId = 0;

  private constructor(connection: ChannelModel, url: string) {
    this.connection = connection;
    this.url = withoutPassword(url);
  }

  /** Connects, works, and closes whatever happens. */
  static async use<T>(url: string, work: (broker: Broker) => Promise<T>): Promise<T> {
    const broker = new Broker(await connect(url), url);
    const lost = new Promise<never>((_, reject) => {
      broker.connection.once('close', (error?: Error) =>
        reject(
          new Trouble(
            `The connection to RabbitMQ broke (${error?.message ?? 'closed'}). What was not acknowledged stays where it was: run it again.`,
          ),
        ),
      );
    });
    try {
      return await Promise.race([work(broker), lost]);
    } finally {
      lost.catch(() => undefined);
      await broker.connection.close().catch(() => undefined);
    }
  }

  /**
   * Asks a service.
   * @throws Trouble when it is not there, does not answer in time or refuses
   */
  async ask<C extends Contract<never, unknown> | Contract>(
    service: string,
    contract: C,
    data: DataOf<C>,
  ): Promise<ReplyOf<C>> {
    if (!(await this.isThere(service)))
      throw new Trouble(
        `No process of the ${service} service is connected to ${this.url}. Nothing was done. Look: npm run status`,
      );
    const reply = await this.request(service, contract.type, data);
    if (reply.failure)
      throw new Trouble(`The ${service} service refused: ${reply.failure.message} (${reply.failure.code})`);
    return contract.reply.parse(reply.data) as ReplyOf<C>;
  }

  private async isThere(service: string): Promise<boolean> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    try {
      const { consumerCount } = await channel.checkQueue(requestQueue(service));
      await channel.close();
      return consumerCount > 0;
    } catch {
      return false;
    }
  }

  private async request(service: string, type: string, data: unknown): Promise<Reply> {
    const channel = (this.asking ??= await this.hear());
    const id = this.nextId++;
    const trace = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    const body = Buffer.from(JSON.stringify([{ id, type, data, trace, ttl: PATIENCE_MS }]));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new Trouble(
            `The ${service} service did not answer within ${PATIENCE_MS / 1_000} s; whether it did what it was asked (${type}) is not known. Look: npm run status, and its log`,
          ),
        );
      }, PATIENCE_MS);
      this.open.set(id, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      channel.publish('', requestQueue(service), body, {
        replyTo: REPLY_TO,
        expiration: PATIENCE_MS,
        contentType: 'application/json',
      });
    });
  }

  private async hear(): Promise<Channel> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    const take = (message: ConsumeMessage | null): void => {
      if (!message) return;
      for (const reply of JSON.parse(message.content.toString()) as Reply[]) {
        this.open.get(reply.id)?.(reply);
        this.open.delete(reply.id);
      }
    };
    await channel.consume(REPLY_TO, take, { noAck: true });
    return channel;
  }
}

async function connect(url: string): Promise<ChannelModel> {
  try {
    const connection = await amqp.connect(url, {
      noDelay: true,
      timeout: 5_000,
      clientProperties: { connection_name: 'operator' },
    });
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string };
    throw new Trouble(
      `RabbitMQ at ${withoutPassword(url)} cannot be used: ${message || code}. Look: npm run status`,
    );
  }
}
