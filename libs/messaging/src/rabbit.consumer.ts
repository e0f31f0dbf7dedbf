import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { Logger } from '@nestjs/common';
import { faultPoint, sabotaged } from '@caravan/platform';
import {
  backoff,
  type ChannelUser,
  closeQuietly,
  type RabbitConnection,
  reasonOf,
} from './rabbit.connection.ts';
import type { RabbitPublisher } from './rabbit.publisher.ts';
import { deadLetterQueue, RETRY_STEPS_MS, retryExchange, retryKey, workQueue } from './topology.ts';
import type { Receiver, Verdict } from './transport.ts';
import { MAX_BATCH, type WireMessage } from './wire.ts';

/** AMQP messages that may wait here unacknowledged; each holds up to MAX_BATCH items. */
const PREFETCH = 128;

interface Arrived {
  readonly delivery: ConsumeMessage;
  /** The channel it came on: only there may it be acknowledged. */
  readonly channel: Channel;
  readonly items: WireMessage[];
}

/** Brings what has arrived in a service's durable queue to its handlers, batch by batch, and acknowledges it after they committed. */
export class RabbitConsumer implements ChannelUser {
  readonly name = 'consumer';
  private readonly log = new Logger('RabbitMQ');
  private channel: Channel | undefined;
  private consumerTag = '';
  private readonly arrived: Arrived[] = [];
  private readonly stopping = new AbortController();
  private running = 0;
  private scheduled = false;
  private idle: (() => void) | undefined;

  constructor(
    private readonly connection: RabbitConnection,
    private readonly publisher: RabbitPublisher,
    private readonly service: string,
    private readonly receiver: Receiver,
    private readonly inFlight: number,
  ) {}

  get attached(): boolean {
    return this.channel !== undefined;
  }

  async open(connection: ChannelModel): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const channel = await connection.createChannel();
    const lost = (reason: string) =>
      this.channel === channel && !this.stopping.signal.aborted && this.connection.reopen(this, reason);
    channel.on('error', (error: Error) => lost(error.message));
    channel.on('close', () => lost('closed'));
    await channel.prefetch(PREFETCH);
    this.channel = channel;
    const onMessage = (delivery: ConsumeMessage | null) =>
      delivery ? this.received(delivery, channel) : lost('consumer cancelled');
    const { consumerTag } = await channel.consume(workQueue(this.service), onMessage, {
      noAck: sabotaged('ack-before-commit'),
    });
    this.consumerTag = consumerTag;
  }

  lost(): void {
    const { channel } = this;
    this.channel = undefined;
    closeQuietly(channel);
    // The broker delivers them again, here or elsewhere.
    this.arrived.length = 0;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.channel?.cancel(this.consumerTag);
    for (const { channel, delivery } of this.arrived.splice(0)) this.nack(channel, delivery);
  }

  async settle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private received(delivery: ConsumeMessage, channel: Channel): void {
    let items: WireMessage[];
    try {
      const body = JSON.parse(delivery.content.toString()) as WireMessage[];
      if (!Array.isArray(body)) throw new Error('the body is not an array of messages');
      items = body;
    } catch (error) {
      void this.bury(delivery, channel, `not readable: ${reasonOf(error)}`);
      return;
    }
    this.arrived.push({ delivery, channel, items });
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.arrived.length > 0 && this.running < this.inFlight && !this.stopping.signal.aborted)
        void this.handle(this.takeBatch());
    });
  }

  private takeBatch(): Arrived[] {
    const batch: Arrived[] = [];
    let items = 0;
    while (this.arrived[0] && (batch.length === 0 || items + this.arrived[0].items.length <= MAX_BATCH)) {
      const next = this.arrived.shift()!;
      items += next.items.length;
      batch.push(next);
    }
    return batch;
  }

  private async handle(batch: Arrived[]): Promise<void> {
    this.running++;
    try {
      await faultPoint('consumer.before-handler');
      const verdicts = await this.receiver.batch(
        batch.flatMap((arrived) => arrived.items),
        this.stopping.signal,
      );
      await faultPoint('consumer.before-ack');
      let next = 0;
      for (const arrived of batch) {
        const own = verdicts.slice(next, (next += arrived.items.length));
        await this.conclude(arrived, own);
      }
    } catch (error) {
      // Nothing is acknowledged; after a pause the broker gives it out again.
      this.log.error(error);
      setTimeout(
        () => batch.forEach(({ channel, delivery }) => this.nack(channel, delivery)),
        backoff(0, 500, 1_000),
      );
    } finally {
      this.running--;
      if (this.running === 0) this.idle?.();
      this.schedule();
    }
  }

  /** Parks what failed, then acknowledges the delivery: exactly once, on the channel it came from. */
  private async conclude({ delivery, channel, items }: Arrived, verdicts: Verdict[]): Promise<void> {
    const failed = verdicts
      .map((verdict, i) => ({ verdict, item: items[i]! }))
      .filter(({ verdict }) => verdict.kind !== 'done');
    await Promise.all(failed.map(({ verdict, item }) => this.park(item, verdict)));
    this.onItsChannel(channel, () => channel.ack(delivery));
  }

  private park(item: WireMessage, verdict: Verdict): Promise<void> {
    if (verdict.kind === 'done') return Promise.resolve();
    const attempt = (item.attempt ?? 0) + 1;
    const delay = RETRY_STEPS_MS[attempt - 1];
    const body = JSON.stringify([{ ...item, attempt }]);
    if (verdict.kind === 'dead' || delay === undefined) {
      this.log.error(
        `${item.type} ${item.id} became a dead letter after ${attempt} attempt(s): ${verdict.reason}`,
      );
      return this.publisher.send(body, this.toDeadLetters(verdict.reason, attempt, item.type));
    }
    this.log.warn(
      `${item.type} ${item.id} failed (attempt ${attempt}), again in about ${delay} ms: ${verdict.reason}`,
    );
    return this.publisher.send(body, {
      exchange: retryExchange,
      routingKey: retryKey(this.service, attempt - 1),
      mandatory: true,
      // Jitter, so that what failed together does not come back together.
      expiration: Math.round(delay * (0.8 + 0.4 * Math.random())),
      headers: { 'x-reason': verdict.reason.slice(0, 2_000) },
    });
  }

  private async bury(delivery: ConsumeMessage, channel: Channel, reason: string): Promise<void> {
    this.log.error(`A message became a dead letter: ${reason}`);
    try {
      await this.publisher.send(delivery.content, this.toDeadLetters(reason, 1, delivery.fields.routingKey));
      this.onItsChannel(channel, () => channel.ack(delivery));
    } catch (error) {
      this.log.error(`The dead-letter queue did not take it: ${reasonOf(error)}`);
      setTimeout(() => this.nack(channel, delivery), backoff(0, 500, 1_000));
    }
  }

  private toDeadLetters(reason: string, attempts: number, type: string) {
    return {
      exchange: '',
      routingKey: deadLetterQueue(this.service),
      mandatory: true,
      headers: {
        'x-reason': reason.slice(0, 2_000),
        'x-attempts': attempts,
        'x-type': type,
        'x-service': this.service,
        'x-died-at': new Date().toISOString(),
      },
    };
  }

  private nack(channel: Channel, delivery: ConsumeMessage): void {
    this.onItsChannel(channel, () => channel.nack(delivery));
  }

  /** A channel may be closed without its event having come yet; then the broker gives the delivery out again by itself. */
  private onItsChannel(channel: Channel, settle: () => void): void {
    if (this.channel !== channel || sabotaged('ack-before-commit')) return;
    try {
      settle();
    } catch (error) {
      this.log.warn(`A delivery could not be settled: ${reasonOf(error)}`);
    }
  }
}
