import type { Channel, Message as Delivery } from 'amqplib';
import { Logger } from '@nestjs/common';
import { deadlineExceeded, unavailable } from '@caravan/contracts';
import { type ChannelUser, closeQuietly, type RabbitConnection, reasonOf } from './rabbit.connection.ts';
import { readItems } from './delivery.ts';
import type { RabbitSession } from './rabbit.session.ts';
import { requestQueue } from './topology.ts';
import { RPC_PACK, type WireReply, type WireRequest } from './wire.ts';

interface Open {
  readonly service: string;
  readonly request: WireRequest;
  readonly expiresAt: number;
  sent: boolean;
  readonly resolve: (reply: WireReply) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';

/**
 * The asking side of RPC: direct reply-to, no confirms, and the requests of one event-loop turn to one service together, in few AMQP messages.
 * Requests that find no connection wait for one as long as their deadline allows.
 */
export class RabbitRequester implements ChannelUser {
  readonly name = 'requester';
  private readonly log = new Logger('RabbitMQ');
  private current: { readonly session: RabbitSession; readonly channel: Channel } | undefined;
  private readonly asked = new Map<number, Open>();
  private readonly unsent = new Map<string, Set<Open>>();
  private flushing = false;
  private nextId = 0;

  constructor(private readonly connection: RabbitConnection) {}

  get attached(): boolean {
    return this.current !== undefined;
  }

  async open(session: RabbitSession): Promise<void> {
    const channel = await session.channel();
    const lost = (reason: string) =>
      this.current?.channel === channel && this.connection.reopen(this, reason);
    channel.on('error', (error: Error) => lost(error.message));
    channel.on('close', () => lost('closed'));
    channel.on('return', (message: Delivery) => this.returned(message));
    const onReply = (message: Delivery | null) =>
      message ? this.replied(message) : lost('consumer cancelled');
    await session.answered(channel.consume(DIRECT_REPLY_TO, onReply, { noAck: true }));
    this.current = { session, channel };
    this.schedule();
  }

  lost(): void {
    closeQuietly(this.current?.channel);
    this.current = undefined;
    for (const open of [...this.asked.values()]) {
      if (open.sent) this.settle(open, deadlineExceeded(open.service));
    }
  }

  writable(): void {
    this.schedule();
  }

  request(service: string, request: Omit<WireRequest, 'id' | 'ttl'>, ttl: number): Promise<WireReply> {
    return new Promise((resolve, reject) => {
      const id = ++this.nextId;
      const open: Open = {
        service,
        request: { id, type: request.type, data: request.data, trace: request.trace, ttl },
        expiresAt: performance.now() + ttl,
        sent: false,
        resolve,
        reject,
        // What was never sent has certainly not happened; of what was sent, nobody knows.
        timer: setTimeout(
          () => this.settle(open, open.sent ? deadlineExceeded(service) : unavailable(service)),
          ttl,
        ),
      };
      this.asked.set(id, open);
      const unsent = this.unsentOf(service).add(open);
      if (unsent.size < RPC_PACK) this.schedule();
      else this.flush();
    });
  }

  get pending(): number {
    return this.asked.size;
  }

  private schedule(): void {
    if (this.flushing || !this.current?.session.writable) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private flush(): void {
    // What is written during an alarm would only be read when it is over: it stays here, where it is known not to have happened.
    if (!this.current?.session.writable) return;
    const { channel } = this.current;
    for (const [service, queue] of this.unsent) {
      const waiting = [...queue];
      queue.clear();
      for (let i = 0; i < waiting.length; i += RPC_PACK)
        this.send(channel, service, waiting.slice(i, i + RPC_PACK));
    }
  }

  private send(channel: Channel, service: string, batch: Open[]): void {
    const now = performance.now();
    let longest = 1;
    const requests = batch.map((open) => {
      open.sent = true;
      const ttl = Math.max(1, Math.round(open.expiresAt - now));
      longest = Math.max(longest, ttl);
      return { ...open.request, ttl };
    });
    try {
      channel.publish('', requestQueue(service), Buffer.from(JSON.stringify(requests)), {
        replyTo: DIRECT_REPLY_TO,
        mandatory: true,
        expiration: longest,
        contentType: 'application/json',
      });
    } catch {
      // The channel is closed and its event has not come yet: they wait for the next one.
      for (const open of batch) {
        open.sent = false;
        this.unsentOf(service).add(open);
      }
    }
  }

  private unsentOf(service: string): Set<Open> {
    let queue = this.unsent.get(service);
    if (!queue) this.unsent.set(service, (queue = new Set()));
    return queue;
  }

  private replied(message: Delivery): void {
    for (const reply of this.read<WireReply>(message)) {
      const open = this.asked.get(reply.id);
      if (open) this.settle(open, reply);
    }
  }

  private returned(message: Delivery): void {
    this.connection.repair();
    for (const request of this.read<WireRequest>(message)) {
      const open = this.asked.get(request.id);
      if (open) this.settle(open, unavailable(open.service));
    }
  }

  /** What cannot be read answers nobody: whoever waits for it ends at his deadline. */
  private read<Item extends object>(message: Delivery): Item[] {
    try {
      return readItems<Item>(message.content);
    } catch (error) {
      this.log.error(`An answer was dropped: ${reasonOf(error)}`);
      return [];
    }
  }

  private settle(open: Open, outcome: WireReply | Error): void {
    clearTimeout(open.timer);
    this.asked.delete(open.request.id);
    this.unsent.get(open.service)?.delete(open);
    if (outcome instanceof Error) open.reject(outcome);
    else open.resolve(outcome);
  }
}
