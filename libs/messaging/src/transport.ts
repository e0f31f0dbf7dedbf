import type { OutgoingMessage, WireMessage, WireReply, WireRequest } from './wire.ts';

/** What became of one item of a batch. */
export type Verdict =
  | { readonly kind: 'done' }
  /** Try again later; after the last attempt it becomes a dead letter. `contended`: other transactions were in its way. */
  | { readonly kind: 'retry'; readonly reason: string; readonly contended?: boolean }
  /** No repetition can help. */
  | { readonly kind: 'dead'; readonly reason: string };

/** The receiving side of a service, as a transport sees it. Neither method rejects. */
export interface Receiver {
  /** Answers one request. `deadline`: by `performance.now()`. */
  request(request: WireRequest, deadline: number): Promise<WireReply>;
  /** Handles what has arrived, in one go; one verdict per item, in order. */
  batch(items: readonly WireMessage[], stopping: AbortSignal): Promise<Verdict[]>;
}

/** A message that was given up, with the reason, as it stood on the wire. */
export interface DeadLetter {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly reason: string;
  readonly attempts: number;
}

/** Where a service keeps its dead letters when there is no broker to keep them. */
export interface DeadLetterBox {
  /** Resolves once it is durable. The same letter may come again. */
  keep(letter: DeadLetter): Promise<void>;
}

/** More requests than this at once are refused rather than queued in memory. */
export const MAX_REQUESTS_IN_FLIGHT = 4_096;

/**
 * How long a confirm may take, in milliseconds; after that the outcome counts as unknown and the outbox tries again. The time of an
 * alarm of the broker does not count.
 */
export const CONFIRM_TIMEOUT_MS = 15_000;

/**
 * How messages travel. RabbitMQ between processes, memory inside one; no service code knows which.
 * Requests are lost with their asker; published messages are not lost once `publish` has resolved.
 */
export interface Transport {
  /** Resolves once connected for the first time; afterwards reconnects by itself. */
  start(): Promise<void>;
  /**
   * Asks a service. @param ttl milliseconds to wait
   * @throws Failure `caravan.unavailable` when it certainly was not handled, `caravan.deadline-exceeded` when that is unknown
   */
  request(service: string, request: Omit<WireRequest, 'id' | 'ttl'>, ttl: number): Promise<WireReply>;
  /** Publishes durably. One result per message, in order; rejected ones may or may not have arrived. */
  publish(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]>;
  /** Begins to bring the service's messages to the receiver. */
  serve(receiver: Receiver): Promise<void>;
  /** Tells a transport that has no broker where the service's dead letters are kept. */
  keepDeadLettersIn?(box: DeadLetterBox): void;
  /** No new work; resolves when none will come. */
  stopIntake(): Promise<void>;
  /** Resolves when everything that came in is handled, acknowledged and answered. */
  settle(): Promise<void>;
  close(): Promise<void>;
  /**
   * Passes when this process can do its work: its consumers are attached, and what it publishes is confirmed. @throws, or rejects, with
   * the reason when not: no broker, a broker that confirms nothing, or an alarm of the broker.
   */
  probe(): void | Promise<void>;
}

/** Injection token of the process's transport. */
export const MESSAGE_TRANSPORT = Symbol('MESSAGE_TRANSPORT');
