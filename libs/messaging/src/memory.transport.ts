import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { deadlineExceeded, unavailable } from '@caravan/contracts';
import { Batcher } from './batcher.ts';
import { UnconfirmedError, UnroutableError } from './message.errors.ts';
import { fateOf } from './retries.ts';
import { isAwaited, subscribersOf } from './topology.ts';
import {
  CONFIRM_TIMEOUT_MS,
  type DeadLetterBox,
  MAX_REQUESTS_IN_FLIGHT,
  type Receiver,
  type Transport,
  type Verdict,
} from './transport.ts';
import type { OutgoingMessage, WireMessage, WireReply, WireRequest } from './wire.ts';

/** The buses of this process, by name; on each, who serves, by service. */
const buses = new Map<string, Map<string, MemoryTransport>>();

interface Waiting {
  readonly attempt: number;
  /** Epoch milliseconds before which it is not tried again. */
  readonly until: number;
  readonly reason: string;
}

/**
 * Messages between services of one process, without a broker. The sender's outbox is the queue: `publish` resolves for a message only
 * once every subscriber has committed it or keeps it as a dead letter, so its row stays until then and a crash anywhere means that it
 * is published again. What waits for a retry is refused; the relay's poller brings it back. Attempts are counted in memory: a restart
 * counts anew. Everything crosses as JSON, so that services can share no object.
 */
export class MemoryTransport implements Transport {
  private readonly log = new Logger('Messages');
  private readonly bus: Map<string, MemoryTransport>;
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly answering = new Set<Promise<WireReply>>();
  private batches: Batcher<WireMessage, Verdict> | undefined;
  private receiver: Receiver | undefined;
  private deadLetters: DeadLetterBox | undefined;
  /** Work goes on in the service that receives, not in the context of whoever sent it. */
  private enter: ReturnType<typeof AsyncLocalStorage.snapshot> = (work, ...args) => work(...args);

  /** @param inFlight how many batches of durable messages may be under way at once */
  constructor(
    bus: string,
    private readonly service: string,
    private readonly inFlight: number,
  ) {
    this.bus = buses.get(bus) ?? new Map<string, MemoryTransport>();
    buses.set(bus, this.bus);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async request(service: string, request: Omit<WireRequest, 'id' | 'ttl'>, ttl: number): Promise<WireReply> {
    const other = this.bus.get(service);
    if (!other || other.answering.size >= MAX_REQUESTS_IN_FLIGHT) throw unavailable(service);
    return before(other.answer(request, ttl), ttl, () => deadlineExceeded(service));
  }

  publish(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    return Promise.allSettled(messages.map((message) => this.deliver(message)));
  }

  serve(receiver: Receiver): Promise<void> {
    if (this.bus.has(this.service)) throw new Error(`${this.service} is served in this process already`);
    const { signal } = this.stopping;
    this.enter = AsyncLocalStorage.snapshot();
    this.receiver = receiver;
    this.batches = new Batcher(
      async (items) => {
        if (signal.aborted) throw new UnconfirmedError(`${this.service} is stopping`);
        return this.enter(() => receiver.batch(items, signal));
      },
      { inFlight: this.inFlight },
    );
    this.bus.set(this.service, this);
    return Promise.resolve();
  }

  keepDeadLettersIn(box: DeadLetterBox): void {
    this.deadLetters = box;
  }

  stopIntake(): Promise<void> {
    this.stopping.abort();
    if (this.bus.get(this.service) === this) this.bus.delete(this.service);
    return Promise.resolve();
  }

  async settle(): Promise<void> {
    while (this.underWay.size + this.answering.size > 0)
      await Promise.allSettled([...this.underWay.values(), ...this.answering]);
  }

  close(): Promise<void> {
    return this.stopIntake();
  }

  probe(): void {
    if (this.stopping.signal.aborted) throw new Error('hears no messages any more');
  }

  private async answer(asked: Omit<WireRequest, 'id' | 'ttl'>, ttl: number): Promise<WireReply> {
    const request = copy({ ...asked, id: 0, ttl });
    const reply = this.enter(() => this.receiver!.request(request, performance.now() + ttl));
    this.answering.add(reply);
    try {
      return copy(await reply);
    } finally {
      this.answering.delete(reply);
    }
  }

  private async deliver(message: OutgoingMessage): Promise<void> {
    const subscribers = subscribersOf(message.routingKey);
    if (subscribers.length === 0 && isAwaited(message.type)) throw new UnroutableError(message.routingKey);
    const taken = subscribers.map((service) => this.bus.get(service)?.take(message) ?? absent(service));
    for (const result of await Promise.allSettled(taken))
      if (result.status === 'rejected') throw result.reason;
  }

  /** Resolves when this service is done with the message: it committed, or keeps a dead letter. */
  private async take(message: OutgoingMessage): Promise<void> {
    const { id } = message;
    const waiting = this.waiting.get(id);
    if (this.underWay.has(id)) throw new UnconfirmedError(`${this.service} is still at it`);
    if (waiting && waiting.until > performance.now())
      throw new UnconfirmedError(`waits for its retry: ${waiting.reason}`);
    const work = this.handle(message, waiting?.attempt).finally(() => this.underWay.delete(id));
    this.underWay.set(id, work);
    return before(work, CONFIRM_TIMEOUT_MS, () => new UnconfirmedError(`${this.service} is at it for long`));
  }

  private async handle(message: OutgoingMessage, attempt: number | undefined): Promise<void> {
    const item: WireMessage = { ...(JSON.parse(message.body) as WireMessage), attempt };
    const verdict = await this.batches!.add(item);
    if (verdict.kind !== 'done') {
      const { reason } = verdict;
      const fate = fateOf(item, verdict);
      if (fate.againInMs === undefined) {
        this.log.error(fate.said);
        await this.bury(message, reason, fate.attempt);
      } else {
        this.log.warn(fate.said);
        this.waiting.set(item.id, {
          attempt: fate.attempt,
          until: performance.now() + fate.againInMs,
          reason,
        });
        throw new UnconfirmedError(reason);
      }
    }
    this.waiting.delete(item.id);
  }

  private async bury({ id, type, body }: OutgoingMessage, reason: string, attempts: number): Promise<void> {
    if (!this.deadLetters)
      throw new UnconfirmedError(`${this.service} has no place for dead letters: ${reason}`);
    await this.enter(() => this.deadLetters!.keep({ id, type, body, reason, attempts }));
  }
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const absent = (service: string): Promise<never> =>
  Promise.reject(new UnconfirmedError(`${service} does not run in this process at the moment`));

/** The outcome of `work`, or the error when it has not come after `ms`; `work` goes on. */
function before<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
