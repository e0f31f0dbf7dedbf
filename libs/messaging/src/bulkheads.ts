import { Logger } from '@nestjs/common';
import { ALONE, contextFrom, type Limits, runInContext } from '@caravan/platform';
import { atOnce } from './at-once.ts';
import type { Message } from './message.ts';
import { ContentionError, isNobodysFault, isOutage } from './message.errors.ts';
import { backoff, reasonOf } from './rabbit.connection.ts';
import type { Verdict } from './transport.ts';

/** For a whole batch while rows are known to be held: the next one with such a row must not cost its neighbours a second again. */
const CAUTIOUS: Limits = { lockMs: 50, statementMs: 1_000 };
const CAUTIOUS_FOR_MS = 10_000;
/** Handles some messages of one type, all or none. @throws ContentionError, or what is about the messages or an outage */
type Handle = (type: string, messages: Message[]) => Promise<void>;

/**
 * Keeps the trouble of one message from the others. An outage (the database or another service is away) holds the batch until it is over.
 * Everything else is about single items: the batch is tried again item by item, and only the items that fail wait for a retry.
 */
export class Bulkheads {
  private readonly log = new Logger('Messages');
  private cautiousUntil = -Infinity;

  constructor(private readonly call: Handle) {}

  /** @returns one verdict per message, in order. @throws what no message is to blame for, once `stopping` is aborted */
  async handle(type: string, messages: Message[], stopping: AbortSignal): Promise<Verdict[]> {
    const again = messages.filter(({ attempt }) => attempt > 1);
    if (again.length === 0 || again.length === messages.length)
      return this.together(type, messages, stopping);
    // What failed before must not share its next failure with messages that come for the first time.
    const first = messages.filter(({ attempt }) => attempt === 1);
    const verdicts = [
      ...(await this.together(type, first, stopping)),
      ...(await this.together(type, again, stopping)),
    ];
    const byMessage = new Map([...first, ...again].map((message, i) => [message, verdicts[i]!]));
    return messages.map((message) => byMessage.get(message)!);
  }

  private async together(type: string, messages: Message[], stopping: AbortSignal): Promise<Verdict[]> {
    const limits = performance.now() < this.cautiousUntil ? CAUTIOUS : undefined;
    try {
      await this.throughOutages(type, messages, stopping, limits);
      return messages.map(() => ({ kind: 'done' }));
    } catch (error) {
      if (stopping.aborted && isNobodysFault(error)) throw error;
      this.notes(error);
      if (messages.length === 1) return [this.failed(messages[0]!, error)];
      // One after the other: while an item waits for a held row, it holds others that its neighbours may need.
      return atOnce(1, messages, (message) => this.alone(type, message, stopping));
    }
  }

  private async alone(type: string, message: Message, stopping: AbortSignal): Promise<Verdict> {
    try {
      await this.throughOutages(type, [message], stopping, ALONE);
      return { kind: 'done' };
    } catch (error) {
      if (stopping.aborted && isNobodysFault(error)) throw error;
      this.notes(error);
      return this.failed(message, error);
    }
  }

  /** Contention makes the next batches cautious. */
  private notes(error: unknown): void {
    if (error instanceof ContentionError) this.cautiousUntil = performance.now() + CAUTIOUS_FOR_MS;
  }

  private failed(message: Message, error: unknown): Verdict {
    // Contention is no error of the message: what becomes of it is logged where it is parked.
    if (error instanceof ContentionError) return { kind: 'retry', reason: reasonOf(error), contended: true };
    runInContext(contextFrom(message.traceparent), () => this.log.error(error));
    return { kind: 'retry', reason: reasonOf(error) };
  }

  /** While something that the handler needs is away, the messages wait here, and no attempt is counted against them. */
  private async throughOutages(
    type: string,
    messages: Message[],
    stopping: AbortSignal,
    limits: Limits | undefined,
  ): Promise<void> {
    const context = { ...contextFrom(messages[0]!.traceparent), limits };
    for (let attempt = 0; ; attempt++) {
      try {
        return await runInContext(context, () => this.call(type, messages));
      } catch (error) {
        if (!isOutage(error) || stopping.aborted) throw error;
        if (attempt % 10 === 0)
          this.log.warn(`${type}: ${reasonOf(error)}; waiting, ${messages.length} message(s) held`);
        await pause(backoff(attempt, 100, 2_000), stopping);
      }
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
