import type { Channel } from 'amqplib';
import { Logger } from '@nestjs/common';
import { RabbitSession } from './rabbit.session.ts';
import { declareTopology } from './topology.ts';

/** Something that lives on channels of the connection and has to be set up again whenever they are new. */
export interface ChannelUser {
  readonly name: string;
  /** It has its channels, or needs none any more. */
  readonly attached: boolean;
  /** Opens its channels. Called at every (re)connect and after `reopen`. */
  open(session: RabbitSession): Promise<void>;
  /** Its channels are gone. */
  lost(reason: string): void;
  /** The whole set-up stands, and the broker reads what is written: at each new connection, and after each alarm. */
  writable?(): void;
}

const RECONNECT = { firstMs: 100, maxMs: 5_000 };
/**
 * How long a missing queue stays missing. RabbitMQ tells each channel on its own that a quorum queue is gone. A channel that
 * hears of it when the queue stands again subscribes anew without telling its client, forgets the queue's state, and drops
 * all that is delivered to it from then on. So nobody declares a queue in the moment in which it went away.
 */
const DECLARE_AFTER_MS = 1_000;

/** Full jitter, doubling. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. */
export const backoff = (attempt: number, firstMs: number, maxMs: number): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** attempt) + firstMs / 2;

/** A connection to the broker that comes back by itself, one AMQP connection after the other, with everything that stood on it. */
export class RabbitConnection {
  private readonly log = new Logger('RabbitMQ');
  private readonly users: ChannelUser[] = [];
  /** The AMQP connection of which the whole set-up stands. */
  private session: RabbitSession | undefined;
  private closing = false;
  private repairing: NodeJS.Timeout | undefined;
  private reconnecting: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  get connected(): boolean {
    return this.session !== undefined;
  }

  /** The broker takes no messages because of a memory or disk alarm. */
  get blocked(): boolean {
    return this.session?.blocked ?? false;
  }

  /** Registers a user; opened now when connected, else at the next connect. Should the broker go away meanwhile, when it is back. */
  async add(user: ChannelUser): Promise<void> {
    this.users.push(user);
    const { session } = this;
    if (!session) return;
    await user.open(session).catch((error: unknown) => this.reopen(user, reasonOf(error)));
  }

  /** Connects, trying until it works. */
  async start(): Promise<void> {
    for (let attempt = 0; !this.closing; attempt++) {
      try {
        return await this.connect();
      } catch (error) {
        const wait = backoff(attempt, RECONNECT.firstMs, RECONNECT.maxMs);
        this.log.warn(
          `No connection to RabbitMQ (${reasonOf(error)}); trying again in ${Math.round(wait)} ms`,
        );
        await new Promise((resolve) => {
          this.reconnecting = setTimeout(resolve, wait);
        });
      }
    }
  }

  /**
   * A user's channel broke while the connection lives: sets that user up again, once, however often it is told.
   * @param queueGone its queue was deleted: that stays so for a moment
   */
  reopen(user: ChannelUser, reason: string, queueGone = false): void {
    if (this.closing) return;
    user.lost(reason);
    const { session } = this;
    if (!session || session.reopening.has(user)) return;
    this.log.warn(`${user.name}: channel lost (${reason}); opening a new one`);
    session.reopening.add(user);
    void this.openAgain(user, session, queueGone).finally(() => session.reopening.delete(user));
  }

  /** A queue or a binding that should be there is not: declares everything again, in a moment. */
  repair(): void {
    if (this.closing) return;
    this.repairing ??= setTimeout(() => {
      this.repairing = undefined;
      if (!this.session) return;
      declare(this.session).catch((error: unknown) =>
        this.log.error(`What is missing on the broker could not be declared: ${reasonOf(error)}`),
      );
    }, DECLARE_AFTER_MS);
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.reconnecting);
    clearTimeout(this.repairing);
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }

  private async connect(): Promise<void> {
    const session = await RabbitSession.open(this.url, this.name);
    session.onEnd = (reason) => this.end(session, reason);
    session.onWritable = () => {
      for (const user of this.users) user.writable?.();
    };
    try {
      await declare(session);
      for (const user of this.users) await user.open(session);
      if (this.closing) return await session.close();
      this.session = session;
      session.stand();
    } catch (error) {
      this.session = undefined;
      for (const user of this.users) user.lost(reasonOf(error));
      await session.close();
      throw error;
    }
    this.log.log('Connected to RabbitMQ');
    for (const user of this.users) if (!user.attached) this.reopen(user, 'lost while it was set up');
  }

  private async openAgain(user: ChannelUser, session: RabbitSession, queueGone: boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const wait = backoff(attempt, 50, RECONNECT.maxMs) + (queueGone ? DECLARE_AFTER_MS : 0);
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.session !== session) return;
      try {
        // What it stood on may be gone as well: an exchange or a queue that was deleted is declared again.
        await declare(session);
        await user.open(session);
        if (user.attached) return;
      } catch (error) {
        // By now it may stand on the next connection.
        if (this.session !== session) return;
        user.lost(reasonOf(error));
        this.log.warn(`${user.name}: no channel (${reasonOf(error)}); trying again`);
      }
    }
  }

  private end(session: RabbitSession, reason: string): void {
    if (this.session !== session) return;
    this.session = undefined;
    if (this.closing) return;
    this.log.warn(`Connection to RabbitMQ lost: ${reason}`);
    for (const user of this.users) user.lost(reason);
    void this.start();
  }
}

async function declare(session: RabbitSession): Promise<void> {
  const channel = await session.channel();
  channel.on('error', () => undefined);
  await session.answered(declareTopology(channel));
  // Not waited for: amqplib tells nobody when the connection breaks before the broker has confirmed it.
  closeQuietly(channel);
}

/**
 * Closes a channel that may be closed already; the broker gives out again what was not acknowledged on it. Not at once: while
 * amqplib tells of an error, it holds the channel open that the broker has closed, and a close on that costs the connection.
 */
export function closeQuietly(channel: Channel | undefined): void {
  queueMicrotask(() => {
    try {
      channel?.close().catch(() => undefined);
    } catch {
      // It was closed: what was wanted.
    }
  });
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
