import type { Channel, ConsumeMessage } from 'amqplib';
import { unavailable } from '@caravan/contracts';
import { Logger } from '@nestjs/common';
import { faultPoint } from '@caravan/platform';
import { type ChannelUser, closeQuietly, type RabbitConnection, reasonOf } from './rabbit.connection.ts';
import type { RabbitSession } from './rabbit.session.ts';
import { readItems } from './delivery.ts';
import { requestQueue } from './topology.ts';
import { MAX_REQUESTS_IN_FLIGHT, type Receiver } from './transport.ts';
import { RPC_PACK, type WireReply, type WireRequest } from './wire.ts';

/** The answering side of RPC. Replies of one event-loop turn to one asker travel in one AMQP message. */
export class RabbitResponder implements ChannelUser {
  readonly name = 'responder';
  private readonly log = new Logger('RabbitMQ');
  private current: { readonly session: RabbitSession; readonly channel: Channel } | undefined;
  private consumerTag = '';
  private stopped = false;
  private inFlight = 0;
  private readonly replies = new Map<string, WireReply[]>();
  private flushing = false;
  private idle: (() => void) | undefined;

  constructor(
    private readonly connection: RabbitConnection,
    private readonly service: string,
    private readonly receiver: Receiver,
  ) {}

  get attached(): boolean {
    return this.current !== undefined || this.stopped;
  }

  async open(session: RabbitSession): Promise<void> {
    if (this.stopped) return;
    const channel = await session.channel();
    const lost = (reason: string, queueGone = false) =>
      this.current?.channel === channel && !this.stopped && this.connection.reopen(this, reason, queueGone);
    channel.on('error', (error: Error) => lost(error.message));
    channel.on('close', () => lost('closed'));
    this.current = { session, channel };
    const onRequest = (message: ConsumeMessage | null) =>
      message ? this.received(message) : lost('its queue is gone', true);
    const consuming = channel.consume(requestQueue(this.service), onRequest, { noAck: true });
    this.consumerTag = (await session.answered(consuming)).consumerTag;
  }

  lost(): void {
    closeQuietly(this.current?.channel);
    this.current = undefined;
    this.replies.clear();
  }

  writable(): void {
    this.flush();
  }

  /** Everything that the broker has already handed out still arrives before the cancel is confirmed. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { current } = this;
    await current?.session.lastly(() => current.channel.cancel(this.consumerTag));
  }

  /** Resolves when every request is answered and the broker has the answers. */
  async settle(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.flush();
    const { current } = this;
    await current?.session.lastly(() => current.channel.close());
  }

  private received(message: ConsumeMessage): void {
    const replyTo = String(message.properties.replyTo);
    try {
      for (const request of readItems<WireRequest>(message.content)) void this.answer(request, replyTo);
    } catch (error) {
      this.log.error(`A request was dropped: ${reasonOf(error)}`);
    }
  }

  private async answer(request: WireRequest, replyTo: string): Promise<void> {
    if (this.inFlight >= MAX_REQUESTS_IN_FLIGHT) {
      return this.reply(replyTo, { id: request.id, failure: unavailable(this.service).toData() });
    }
    this.inFlight++;
    try {
      const reply = await this.receiver.request(request, performance.now() + request.ttl);
      const fault = faultPoint('rpc.before-reply');
      if (fault) await fault;
      this.reply(replyTo, reply);
    } catch (error) {
      this.log.warn(`An answer was lost: ${reasonOf(error)}`);
    }
    if (--this.inFlight === 0) this.idle?.();
  }

  private reply(replyTo: string, reply: WireReply): void {
    const queue = this.replies.get(replyTo) ?? [];
    queue.push(reply);
    if (queue.length >= RPC_PACK && this.current?.session.writable) {
      this.replies.delete(replyTo);
      return this.send(replyTo, queue);
    }
    this.replies.set(replyTo, queue);
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.flushing = false;
    // Before the whole set-up stands, and during an alarm, answers wait; those of a connection that ended are dropped.
    if (this.current && !this.current.session.writable) return;
    for (const [replyTo, replies] of this.replies) {
      this.replies.delete(replyTo);
      this.send(replyTo, replies);
    }
  }

  /** An answer that finds no channel is not sent: its asker's deadline holds. */
  private send(replyTo: string, replies: WireReply[]): void {
    try {
      this.current?.channel.publish('', replyTo, Buffer.from(JSON.stringify(replies)));
    } catch (error) {
      this.log.warn(`${replies.length} answer(s) could not be sent: ${reasonOf(error)}`);
    }
  }
}
