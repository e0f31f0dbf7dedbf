import type { ConfirmChannel, Message as Delivery } from 'amqplib';
import { RefusedError, UnconfirmedError, UnroutableError } from './message.errors.ts';
import { type ChannelUser, closeQuietly, type RabbitConnection } from './rabbit.connection.ts';
import type { RabbitSession } from './rabbit.session.ts';
import { EXCHANGE, isAwaited } from './topology.ts';
import { CONFIRM_TIMEOUT_MS } from './transport.ts';
import { MAX_BATCH, MAX_BODY_BYTES, NOTHING, type OutgoingMessage } from './wire.ts';

export interface PublishOptions {
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly headers?: Record<string, string | number>;
  /** Milliseconds until the message leaves its queue. */
  readonly expiration?: number;
}

interface Unconfirmed {
  /** By `performance.now()`. */
  readonly sentAt: number;
  readonly settle: (error?: Error) => void;
  returned: boolean;
}

/**
 * A full quorum queue tells the channel to stop, which then refuses by itself until it is told to go on. When the limit is taken away
 * instead of the messages, RabbitMQ 3.10 forgets to: so a channel that has been refused for long is left for a new one, now and then.
 */
const REFUSED_FOR_MS = 10_000;
const CHANNEL_LASTS_MS = 30_000;

/** A confirm that is younger proves that messages can be published. */
const PROOF_LASTS_MS = 5_000;
/** No queue is bound to it: the broker takes the message, confirms it and forgets it. */
const PROOF_KEY = 'caravan.readiness';

const BLOCKED = 'the broker is blocked by an alarm';

/** A channel, and what is true of it alone. */
interface Open {
  readonly session: RabbitSession;
  readonly channel: ConfirmChannel;
  readonly openedAt: number;
  confirmedAt: number;
}

/** Durable publishing: persistent, mandatory, confirmed, many in flight, several items in one AMQP message. */
export class RabbitPublisher implements ChannelUser {
  readonly name = 'publisher';
  private current: Open | undefined;
  private readonly unconfirmed = new Map<string, Unconfirmed>();
  private sequence = 0;
  private watching: NodeJS.Timeout | undefined;
  private proving: Promise<void> | undefined;
  /** Since when each key is refused, by `performance.now()`. */
  private readonly refusedSince = new Map<string, number>();

  constructor(private readonly connection: RabbitConnection) {}

  get attached(): boolean {
    return this.current !== undefined;
  }

  async open(session: RabbitSession): Promise<void> {
    const channel = await session.confirmChannel();
    channel.on('error', (error: Error) => this.reopenAfter(channel, error.message));
    channel.on('close', () => this.reopenAfter(channel, 'closed'));
    // A return comes before the ack of the same message.
    channel.on('return', (message: Delivery) => {
      const entry = this.unconfirmed.get(String(message.properties.messageId));
      if (entry) entry.returned = true;
    });
    this.current = { session, channel, openedAt: performance.now(), confirmedAt: -Infinity };
    this.refusedSince.clear();
  }

  lost(reason: string): void {
    closeQuietly(this.current?.channel);
    this.current = undefined;
    this.giveUp(reason);
  }

  /** Waits no longer for what is not confirmed: whether the broker has it is not known. */
  giveUp(reason: string): void {
    for (const entry of [...this.unconfirmed.values()]) entry.settle(new UnconfirmedError(reason));
  }

  /**
   * Resolves when the broker has lately confirmed a message of this process; publishes one to find out, if need be.
   * @throws UnconfirmedError when nothing can be published
   */
  async prove(): Promise<void> {
    if (this.connection.blocked) throw new UnconfirmedError(BLOCKED);
    if (this.current && performance.now() - this.current.confirmedAt < PROOF_LASTS_MS) return;
    const proof = { exchange: EXCHANGE, routingKey: PROOF_KEY, mandatory: false };
    this.proving ??= this.send(NOTHING, proof).finally(() => (this.proving = undefined));
    await this.proving;
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

  /**
   * Publishes one body and waits for the broker's confirm. The time of an alarm does not count.
   * @throws UnroutableError, UnconfirmedError
   */
  send(body: string | Buffer, options: PublishOptions): Promise<void> {
    const open = this.current;
    if (!open?.session.stands) return Promise.reject(new UnconfirmedError('not connected'));
    if (open.session.blocked) return Promise.reject(new UnconfirmedError(BLOCKED));
    const { channel } = open;
    const messageId = String(++this.sequence);
    return new Promise((resolve, reject) => {
      const entry: Unconfirmed = {
        sentAt: performance.now(),
        returned: false,
        settle: (error) => {
          this.unconfirmed.delete(messageId);
          if (error) reject(error);
          else if (entry.returned) {
            this.connection.repair();
            reject(new UnroutableError(options.routingKey));
          } else resolve();
        },
      };
      this.unconfirmed.set(messageId, entry);
      this.watching ??= setTimeout(() => this.watch(), CONFIRM_TIMEOUT_MS).unref();
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
          this.heard(open, `${exchange} ${routingKey}`, !error);
        },
      );
    });
  }

  /** Looks at the oldest that is not confirmed: the map keeps the order in which they were sent. */
  private watch(): void {
    this.watching = undefined;
    const [oldest] = this.unconfirmed.values();
    if (!oldest || !this.current) return;
    const { session, channel } = this.current;
    const left = session.leftOf(oldest.sentAt, CONFIRM_TIMEOUT_MS);
    if (left > 0) this.watching = setTimeout(() => this.watch(), left).unref();
    // A channel numbers what it sends to a quorum queue. If the queue was made anew, it may wait for number one for ever.
    else this.reopenAfter(channel, 'no confirm in time');
  }

  private heard(open: Open, key: string, taken: boolean): void {
    const now = performance.now();
    open.confirmedAt = now;
    if (taken) return void this.refusedSince.delete(key);
    const since = this.refusedSince.get(key) ?? now;
    this.refusedSince.set(key, since);
    if (now - since > REFUSED_FOR_MS && now - open.openedAt > CHANNEL_LASTS_MS)
      this.reopenAfter(open.channel, `${key} is refused for long`);
  }

  private reopenAfter(channel: ConfirmChannel, reason: string): void {
    if (this.current?.channel === channel) this.connection.reopen(this, reason);
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
