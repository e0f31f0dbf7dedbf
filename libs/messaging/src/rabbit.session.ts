import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { Logger } from '@nestjs/common';
import { endsBefore } from '@caravan/platform';
import type { ChannelUser } from './rabbit.connection.ts';
import { socketOf, writeAtOnce } from './rabbit.writes.ts';

const CONNECT_MS = 5_000;
/** A broker may leave a question without an answer, and amqplib waits for it for ever. */
const ANSWER_MS = 15_000;
const CLOSE_MS = 3_000;

/**
 * One AMQP connection, from its handshake to its end. What is true of this connection alone (its channels, whether the broker blocks
 * it, which users are being set up again) is kept here and ends with it: the next connection begins with nothing.
 */
export class RabbitSession {
  /** Users whose channels are being opened anew. */
  readonly reopening = new Set<ChannelUser>();
  /** Called once, with the reason. */
  onEnd: (reason: string) => void = () => undefined;
  /** Called each time the connection becomes writable. */
  onWritable: () => void = () => undefined;
  private readonly log = new Logger('RabbitMQ');
  private readonly waiting = new Set<(error: Error) => void>();
  private readonly leaving = new Set<() => void>();
  private complete = false;
  private over: Error | undefined;
  private isBlocked = false;
  /** Since when the broker reads what is written, by `performance.now()`. */
  private readsSince = performance.now();

  private constructor(private readonly model: ChannelModel) {
    model.on('error', (error: Error) => this.end(error));
    model.on('close', (error?: Error) => this.end(error ?? new Error('closed')));
    model.on('blocked', (reason: string) => this.block(reason));
    model.on('unblocked', () => this.unblock());
  }

  /** Connects. @param name shown by the broker's tools. @throws when there is no broker, or it refuses */
  static async open(url: string, name: string): Promise<RabbitSession> {
    const model = await connect(withHeartbeat(url), {
      noDelay: true,
      timeout: CONNECT_MS,
      clientProperties: { connection_name: name },
    });
    writeAtOnce(model);
    return new RabbitSession(model);
  }

  /** The broker has stopped reading this connection because of a memory or disk alarm. */
  get blocked(): boolean {
    return this.isBlocked;
  }

  /** The whole set-up stands. Nothing is published before that: a broker under an alarm would stop reading in the middle of it. */
  get stands(): boolean {
    return this.complete && !this.over;
  }

  /** What is written now is read. */
  get writable(): boolean {
    return this.stands && !this.isBlocked;
  }

  /** The set-up is complete. @throws when the connection has ended meanwhile */
  stand(): void {
    if (this.over) throw this.over;
    this.complete = true;
    if (this.writable) this.onWritable();
  }

  channel(): Promise<Channel> {
    return this.answered(this.model.createChannel());
  }

  confirmChannel(): Promise<ConfirmChannel> {
    return this.answered(this.model.createConfirmChannel());
  }

  /**
   * Waits for the broker's answer. The time in which the broker does not read does not count.
   * @throws as `work` does, and when the connection ends. A broker that reads and is silent for 15 s loses the connection,
   *   so that nothing half open stays behind.
   */
  answered<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const since = performance.now();
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(fail);
      };
      const fail = (error: Error) => {
        done();
        reject(error);
      };
      const look = () => {
        const left = this.leftOf(since, ANSWER_MS);
        if (left > 0) timer = setTimeout(look, left);
        else this.destroy(`the broker did not answer within ${ANSWER_MS / 1_000} s`);
      };
      let timer = setTimeout(look, ANSWER_MS);
      this.waiting.add(fail);
      if (this.over) fail(this.over);
      work.then((answer) => {
        // The connection may have ended in the same turn of the event loop in which the answer came.
        if (this.over) return fail(this.over);
        done();
        resolve(answer);
      }, fail);
    });
  }

  /**
   * What is left of a time in which the broker should answer something, in milliseconds. It begins anew when an alarm ends: what was
   * written meanwhile has to be read first. While the broker blocks the connection, all of it is left.
   * @param since when it was asked, by `performance.now()`
   */
  leftOf(since: number, ms: number): number {
    return this.isBlocked ? ms : Math.max(since, this.readsSince) + ms - performance.now();
  }

  /** The last question of a channel, such as a close. Ends also when the connection does, or the broker stops reading. Never rejects. */
  async lastly(ask: () => Promise<unknown>): Promise<void> {
    if (this.over || this.isBlocked) return;
    let leave = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
      this.leaving.add(resolve);
      // amqplib throws at once when the channel is closed: what was wanted.
      void Promise.resolve()
        .then(ask)
        .catch(() => undefined)
        .then(() => resolve());
    });
    await left;
    this.leaving.delete(leave);
  }

  /** Ends within three seconds, whatever the broker does. */
  async close(): Promise<void> {
    await endsBefore(this.model.close(), CLOSE_MS).catch(() => undefined);
    this.destroy('closed');
  }

  private destroy(reason: string): void {
    socketOf(this.model).destroy();
    this.end(new Error(reason));
  }

  private end(error: Error): void {
    if (this.over) return;
    this.over = error;
    for (const fail of [...this.waiting]) fail(error);
    for (const leave of this.leaving) leave();
    this.onEnd(error.message);
  }

  private block(reason: string): void {
    this.isBlocked = true;
    this.log.warn(`The broker accepts no messages for now: ${reason}`);
    for (const leave of this.leaving) leave();
  }

  private unblock(): void {
    this.isBlocked = false;
    this.readsSince = performance.now();
    this.log.log('The broker accepts messages again');
    if (this.writable) this.onWritable();
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', '10');
  return parsed.toString();
}
