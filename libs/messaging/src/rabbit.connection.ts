import { type Channel, type ChannelModel, connect } from 'amqplib';
import { Logger } from '@nestjs/common';
import { endsBefore } from '@caravan/platform';
import { socketOf, writeAtOnce } from './rabbit.writes.ts';
import { declareTopology } from './topology.ts';

/** Something that lives on channels of the connection and has to be set up again whenever they are new. */
export interface ChannelUser {
  readonly name: string;
  /** It has its channels, or needs none any more. */
  readonly attached: boolean;
  /** Opens its channels. Called at every (re)connect and after `reopen`. */
  open(connection: ChannelModel): Promise<void>;
  /** Its channels are gone. */
  lost(reason: string): void;
  /** The broker reads again what this connection writes. */
  unblocked?(): void;
}

const RECONNECT = { firstMs: 100, maxMs: 5_000 };
/**
 * How long a missing queue stays missing. RabbitMQ tells each channel on its own that a quorum queue is gone. A channel that
 * hears of it when the queue stands again subscribes anew without telling its client, forgets the queue's state, and drops
 * all that is delivered to it from then on. So nobody declares a queue in the moment in which it went away.
 */
const DECLARE_AFTER_MS = 1_000;

/** A broker may leave a question without an answer, and amqplib waits for it for ever. */
const SETUP_MS = 15_000;
const CLOSE_MS = 3_000;

/** Full jitter, doubling. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. */
export const backoff = (attempt: number, firstMs: number, maxMs: number): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** attempt) + firstMs / 2;

/** One AMQP connection that comes back by itself, with everything that stood on it. */
export class RabbitConnection {
  private readonly log = new Logger('RabbitMQ');
  private readonly users: ChannelUser[] = [];
  private connection: ChannelModel | undefined;
  private closing = false;
  private readonly reopening = new Set<ChannelUser>();
  private repairing: NodeJS.Timeout | undefined;
  private reconnecting: NodeJS.Timeout | undefined;
  /** The broker has stopped reading because of a memory or disk alarm. */
  blocked = false;

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  get connected(): boolean {
    return this.connection !== undefined;
  }

  /** Registers a user; opened now when connected, else at the next connect. Should the broker go away meanwhile, when it is back. */
  async add(user: ChannelUser): Promise<void> {
    this.users.push(user);
    const { connection } = this;
    if (!connection) return;
    await this.answered(connection, user.open(connection)).catch((error: unknown) =>
      this.reopen(user, reasonOf(error)),
    );
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
    const { connection } = this;
    if (!connection || this.reopening.has(user)) return;
    this.log.warn(`${user.name}: channel lost (${reason}); opening a new one`);
    this.reopening.add(user);
    void this.openAgain(user, connection, queueGone).finally(() => this.reopening.delete(user));
  }

  /** A queue or a binding that should be there is not: declares everything again, in a moment. */
  repair(): void {
    if (this.closing) return;
    this.repairing ??= setTimeout(() => {
      this.repairing = undefined;
      if (!this.connection) return;
      declare(this.connection).catch((error: unknown) =>
        this.log.error(`What is missing on the broker could not be declared: ${reasonOf(error)}`),
      );
    }, DECLARE_AFTER_MS);
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.reconnecting);
    clearTimeout(this.repairing);
    await this.connection?.close().catch(() => undefined);
    this.connection = undefined;
  }

  private async connect(): Promise<void> {
    const connection = await connect(withHeartbeat(this.url), {
      noDelay: true,
      timeout: 5_000,
      clientProperties: { connection_name: this.name },
    });
    writeAtOnce(connection);
    let over = false;
    const end = (reason: string) => {
      if (over) return;
      over = true;
      this.end(connection, reason);
    };
    connection.on('error', (error: Error) => end(error.message));
    connection.on('close', (error?: Error) => end(error?.message ?? 'closed'));
    connection.on('blocked', (reason: string) => {
      this.blocked = true;
      this.log.warn(`The broker accepts no messages for now: ${reason}`);
    });
    connection.on('unblocked', () => {
      this.blocked = false;
      this.log.log('The broker accepts messages again');
      for (const user of this.users) user.unblocked?.();
    });
    try {
      await this.answered(connection, this.setUp(connection));
    } catch (error) {
      over = true;
      await endsBefore(connection.close(), CLOSE_MS).catch(() => undefined);
      throw error;
    }
    if (over) throw new Error('the connection broke while it was set up');
    this.connection = connection;
    this.log.log('Connected to RabbitMQ');
    for (const user of this.users) if (!user.attached) this.reopen(user, 'lost while it was set up');
  }

  private async setUp(connection: ChannelModel): Promise<void> {
    await declare(connection);
    for (const user of this.users) await user.open(connection);
  }

  /** @throws when the broker is silent for too long: then the connection ends, so that nothing half open stays behind */
  private async answered(connection: ChannelModel, work: Promise<void>): Promise<void> {
    if (await endsBefore(work, SETUP_MS)) return;
    const silent = new Error(`the broker did not answer within ${SETUP_MS / 1_000} s`);
    socketOf(connection).destroy(silent);
    throw silent;
  }

  private async openAgain(user: ChannelUser, connection: ChannelModel, queueGone: boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const wait = backoff(attempt, 50, RECONNECT.maxMs) + (queueGone ? DECLARE_AFTER_MS : 0);
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.connection !== connection) return;
      try {
        // What it stood on may be gone as well: an exchange or a queue that was deleted is declared again.
        await this.answered(connection, declare(connection));
        await this.answered(connection, user.open(connection));
        if (user.attached) return;
      } catch (error) {
        // By now it may stand on the next connection.
        if (this.connection !== connection) return;
        user.lost(reasonOf(error));
        this.log.warn(`${user.name}: no channel (${reasonOf(error)}); trying again`);
      }
    }
  }

  private end(connection: ChannelModel, reason: string): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.blocked = false;
    if (this.closing) return;
    this.log.warn(`Connection to RabbitMQ lost: ${reason}`);
    for (const user of this.users) user.lost(reason);
    void this.start();
  }
}

async function declare(connection: ChannelModel): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  await declareTopology(channel);
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

/** Closes a channel after all that was written on it; resolves when the broker has it. */
export async function closeAfterWrites(channel: Channel | undefined): Promise<void> {
  try {
    await channel?.close();
  } catch {
    // It was closed before: what did not get through then is given out or asked again.
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', '10');
  return parsed.toString();
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
