import type { ChannelModel, ConfirmChannel, Message as Delivery } from 'amqplib';
import { RefusedError, UnconfirmedError, UnroutableError } from './message.errors.ts';
import { type ChannelUser, closeQuietly, type RabbitConnection } from './rabbit.connection.ts';
import { EXCHANGE, isAwaited } from './topology.ts';
import { CONFIRM_TIMEOUT_MS } from './transport.ts';
import { MAX_BATCH, MAX_BODY_BYTES, type OutgoingMessage } from './wire.ts';

export interface PublishOptions {
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly headers?: Record<string, string | number>;
  /** Milliseconds until the message leaves its queue. */
  readonly expiration?: number;
}

interface Unconfirmed {
  readonly settle: (error?: Error) => void;
  returned: boolean;
}

/**
 * A full quorum queue tells the channel to stop, which then refuses by itself until it is told to go on. When the limit is taken away
 * instead of the messages, RabbitMQ 3.10 forgets to: so a channel that has been refused for long is left for a new one, now and then.
 */
const REFUSED_FOR_MS = 10_000;
const CHANNEL_LASTS_MS = 30_000;

/** Durable publishing: persistent, mandatory, confirmed, many in flight, several items in one AMQP message. */
export class RabbitPublisher implements ChannelUser {
  readonly name = 'publisher';
  private channel: ConfirmChannel | undefined;
  private readonly unconfirmed = new Map<string, Unconfirmed>();
  private sequence = 0;
  private openedAt = 0;
  /** Since when each key is refused, by `performance.now()`. */
  private readonly refusedSince = new Map<string, number>();

  constructor(private readonly connection: RabbitConnection) {}

  get attached(): boolean {
    return this.channel !== undefined;
  }

  async open(connection: ChannelModel): Promise<void> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', (error: Error) => this.reopenAfter(channel, error.message));
    channel.on('close', () => this.reopenAfter(channel, 'closed'));
    // A return comes before the ack of the same message.
    channel.on('return', (message: Delivery) => {
      const entry = this.unconfirmed.get(String(message.properties.messageId));
      if (entry) entry.returned = true;
    });
    this.channel = channel;
    this.openedAt = performance.now();
    this.refusedSince.clear();
  }

  lost(reason: string): void {
    const { channel } = this;
    this.channel = undefined;
    closeQuietly(channel);
    for (const entry of [...this.unconfirmed.values()]) entry.settle(new UnconfirmedError(reason));
  }

  /** Packs items of one routing key together, in order, and publishes them. One result per item. */
  async publish(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    const results = new Array<PromiseSettledResult<void>>(messages.length);
    const packs = pack(messages);
    await Promise.all(
      packs.map(async ({ routingKey, type, indexes, body }) => {
        const mandatory = isAwaited(type);
        const [result] = await Promise.allSettled([
          this.send(body, { exchange: EXCHANGE, routingKey, mandatory }),
        ]);
        for (const index of indexes) results[index] = result;
      }),
    );
    return results;
  }

  /** Publishes one body and waits for the broker's confirm. @throws UnroutableError, UnconfirmedError */
  send(body: string | Buffer, options: PublishOptions): Promise<void> {
    const channel = this.channel;
    if (!channel) return Promise.reject(new UnconfirmedError('not connected'));
    if (this.connection.blocked)
      return Promise.reject(new UnconfirmedError('the broker is blocked by an alarm'));
    const messageId = String(++this.sequence);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        entry.settle(new UnconfirmedError('no confirm in time'));
        // A channel numbers what it sends to a quorum queue. If the queue was made anew, it may wait for number one for ever.
        this.reopenAfter(channel, 'no confirm in time');
      }, CONFIRM_TIMEOUT_MS);
      const entry: Unconfirmed = {
        returned: false,
        settle: (error) => {
          clearTimeout(timer);
          this.unconfirmed.delete(messageId);
          if (error) reject(error);
          else if (entry.returned) {
            this.connection.repair();
            reject(new UnroutableError(options.routingKey));
          } else resolve();
        },
      };
      this.unconfirmed.set(messageId, entry);
      const { exchange, routingKey, expiration, ...rest } = options;
      channel.publish(
        exchange,
        routingKey,
        typeof body === 'string' ? Buffer.from(body) : body,
        {
          ...rest,
          messageId,
          persistent: true,
          contentType: 'application/json',
          ...(expiration !== undefined && { expiration }),
        },
        (error: unknown) => {
          entry.settle(error ? new RefusedError() : undefined);
          this.heard(channel, `${exchange} ${routingKey}`, !error);
        },
      );
    });
  }

  private heard(channel: ConfirmChannel, key: string, taken: boolean): void {
    if (taken) return void this.refusedSince.delete(key);
    const now = performance.now();
    const since = this.refusedSince.get(key) ?? now;
    this.refusedSince.set(key, since);
    if (now - since > REFUSED_FOR_MS && now - this.openedAt > CHANNEL_LASTS_MS)
      this.reopenAfter(channel, `${key} is refused for long`);
  }

  private reopenAfter(channel: ConfirmChannel, reason: string): void {
    if (this.channel === channel) this.connection.reopen(this, reason);
  }
}

interface Pack {
  readonly routingKey: string;
  readonly type: string;
  readonly indexes: number[];
  body: string;
}

/** Groups items by routing key, first come first, into bodies of bounded length and size. */
export function pack(messages: readonly OutgoingMessage[]): Pack[] {
  const open = new Map<string, Pack & { bytes: number }>();
  const packs: (Pack & { bytes: number })[] = [];
  messages.forEach((message, index) => {
    const bytes = Buffer.byteLength(message.body) + 1;
    let target = open.get(message.routingKey);
    if (!target || target.indexes.length >= MAX_BATCH || target.bytes + bytes > MAX_BODY_BYTES) {
      target = { routingKey: message.routingKey, type: message.type, indexes: [], body: '', bytes: 0 };
      open.set(message.routingKey, target);
      packs.push(target);
    }
    target.body += (target.indexes.length === 0 ? '[' : ',') + message.body;
    target.bytes += bytes;
    target.indexes.push(index);
  });
  for (const finished of packs) finished.body += ']';
  return packs;
}
