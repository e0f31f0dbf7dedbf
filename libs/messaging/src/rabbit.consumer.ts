import type { Channel, ConsumeMessage } from 'amqplib';
import { Logger } from '@nestjs/common';
import { contextFrom, faultPoint, runInContext, sabotaged } from '@caravan/platform';
import {
  backoff,
  type ChannelUser,
  closeQuietly,
  type RabbitConnection,
  reasonOf,
} from './rabbit.connection.ts';
import type { RabbitSession } from './rabbit.session.ts';
import { MAX_ARRIVING_BYTES, readItems } from './delivery.ts';
import { UnconfirmedError, UnroutableError } from './message.errors.ts';
import { Hearing } from './rabbit.hearing.ts';
import { type Failed, RabbitParking } from './rabbit.parking.ts';
import type { RabbitPublisher } from './rabbit.publisher.ts';
import { EXCHANGE, replyKey, workQueue } from './topology.ts';
import type { Receiver, Verdict } from './transport.ts';
import { MAX_BATCH, NOTHING, type WireMessage } from './wire.ts';

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
  private readonly parking: RabbitParking;
  private readonly hearing: Hearing;
  private current: { readonly session: RabbitSession; readonly channel: Channel } | undefined;
  private consumerTag = '';
  private readonly arrived: Arrived[] = [];
  private readonly stopping = new AbortController();
  private running = 0;
  private scheduled = false;
  private idle: (() => void) | undefined;

  constructor(
    private readonly connection: RabbitConnection,
    publisher: RabbitPublisher,
    private readonly service: string,
    private readonly receiver: Receiver,
    private readonly inFlight: number,
  ) {
    this.parking = new RabbitParking(publisher, service);
    this.hearing = new Hearing(
      // During an alarm it cannot ask, and a channel that is opened anew would wait for the alarm's end.
      () => this.running > 0 || !this.current?.session.writable,
      () => publisher.send(NOTHING, { exchange: EXCHANGE, routingKey: replyKey(service), mandatory: true }),
      () =>
        this.connection.reopen(this, 'its queue gives it nothing, not even what it put there itself', true),
    );
  }

  get attached(): boolean {
    return this.current !== undefined || this.stopping.signal.aborted;
  }

  async open(session: RabbitSession): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const channel = await session.channel();
    const lost = (reason: string, queueGone = false) =>
      this.current?.channel === channel &&
      !this.stopping.signal.aborted &&
      this.connection.reopen(this, reason, queueGone);
    channel.on('error', (error: Error) => lost(error.message));
    channel.on('close', () => lost('closed'));
    await session.answered(channel.prefetch(PREFETCH));
    this.current = { session, channel };
    const onMessage = (delivery: ConsumeMessage | null) =>
      delivery ? this.received(delivery, channel) : lost('its queue is gone', true);
    const noAck = sabotaged('ack-before-commit');
    const consuming = channel.consume(workQueue(this.service), onMessage, { noAck });
    this.consumerTag = (await session.answered(consuming)).consumerTag;
    this.hearing.begin();
  }

  lost(): void {
    closeQuietly(this.current?.channel);
    this.current = undefined;
    this.hearing.end();
    // The broker delivers them again, here or elsewhere.
    this.arrived.length = 0;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.hearing.end();
    const { current } = this;
    await current?.session.lastly(() => current.channel.cancel(this.consumerTag));
    for (const { channel, delivery } of this.arrived.splice(0)) this.nack(channel, delivery);
  }

  async settle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    const { current } = this;
    this.current = undefined;
    await current?.session.lastly(() => current.channel.close());
  }

  private received(delivery: ConsumeMessage, channel: Channel): void {
    this.hearing.hear();
    try {
      const items = readItems<WireMessage>(delivery.content, MAX_ARRIVING_BYTES);
      if (items.length === 0) return this.onItsChannel(channel, () => channel.ack(delivery));
      this.arrived.push({ delivery, channel, items });
      this.schedule();
    } catch (error) {
      void this.bury(delivery, channel, reasonOf(error));
    }
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
      for (const { delivery, channel } of batch) this.giveBackLater(delivery, channel, error);
    } finally {
      this.running--;
      if (this.running === 0) this.idle?.();
      this.schedule();
    }
  }

  /** Parks what failed, then acknowledges the delivery: exactly once, on the channel it came from. Never rejects. */
  private async conclude({ delivery, channel, items }: Arrived, verdicts: Verdict[]): Promise<void> {
    try {
      await Promise.all(
        verdicts.flatMap((verdict, i) => (verdict.kind === 'done' ? [] : [this.park(items[i]!, verdict)])),
      );
      this.onItsChannel(channel, () => channel.ack(delivery));
    } catch (error) {
      if (isPublishing(error)) this.giveBackLater(delivery, channel, error);
      else await this.bury(delivery, channel, `cannot be parked: ${reasonOf(error)}`);
    }
  }

  /** What is logged about a message bears its trace. */
  private park(item: WireMessage, verdict: Failed): Promise<void> {
    return runInContext(contextFrom(item.trace), () => this.parking.park(item, verdict));
  }

  /** A delivery of which the items cannot be told apart becomes a dead letter as it came. Never rejects. */
  private async bury(delivery: ConsumeMessage, channel: Channel, reason: string): Promise<void> {
    const { content, fields } = delivery;
    this.log.error(`A message becomes a dead letter: ${reason}`);
    try {
      await this.parking.bury(content, { reason, attempts: 1, type: fields.routingKey });
      this.onItsChannel(channel, () => channel.ack(delivery));
    } catch (error) {
      this.giveBackLater(delivery, channel, error);
    }
  }

  /** Not acknowledged: after a pause the broker gives it out again, here or elsewhere. */
  private giveBackLater(delivery: ConsumeMessage, channel: Channel, why: unknown): void {
    this.log.error(`A message goes back to its queue for a moment: ${reasonOf(why)}`);
    setTimeout(() => this.nack(channel, delivery), backoff(0, 500, 1_000));
  }

  private nack(channel: Channel, delivery: ConsumeMessage): void {
    this.onItsChannel(channel, () => channel.nack(delivery));
  }

  /** A channel may be closed without its event having come yet; then the broker gives the delivery out again by itself. */
  private onItsChannel(channel: Channel, settle: () => void): void {
    if (this.current?.channel !== channel || sabotaged('ack-before-commit')) return;
    try {
      settle();
    } catch (error) {
      this.log.warn(`A delivery could not be settled: ${reasonOf(error)}`);
    }
  }
}

/** The broker did not take what was to be parked: full, missing or away. */
const isPublishing = (error: unknown): boolean =>
  error instanceof UnconfirmedError || error instanceof UnroutableError;
