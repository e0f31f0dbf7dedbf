import type { FailureData } from '@caravan/contracts';

/** A durable message as it stands, one of several, in the JSON array that is the body of an AMQP message. */
export interface WireMessage {
  /** uuid; the inbox tells repetitions by it. */
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  /** W3C traceparent of the request that caused it. */
  readonly trace: string;
  /** The service whose saga wants the answer; absent for events. */
  readonly replyTo?: string;
  readonly sagaId?: string;
  /** Names the question, so that an answer to an older one is known as such. */
  readonly ask?: string;
  /** How often it was tried before; absent the first time. */
  readonly attempt?: number;
}

/** A durable message ready to leave: where to, and its wire form already as JSON text. */
export interface OutgoingMessage {
  readonly id: string;
  readonly type: string;
  /** Routing key on the exchange: the type, or for a saga's answer the type and the service that asked. */
  readonly routingKey: string;
  readonly body: string;
}

export interface WireRequest {
  /** Unique among the asker's open requests. */
  readonly id: number;
  readonly type: string;
  readonly data: unknown;
  readonly trace: string;
  /** Milliseconds that the asker still waits, counted from sending: a duration, because clocks differ. */
  readonly ttl: number;
}

export interface WireReply {
  readonly id: number;
  readonly data?: unknown;
  readonly failure?: FailureData;
  /** The request has changed something, or may have; builds before this field never say so. */
  readonly changed?: boolean;
}

/** At most so many items travel in one AMQP message or are handled in one batch. */
export const MAX_BATCH = 64;
/**
 * Questions or answers in one AMQP message. Half a batch, so that one side begins while the other goes on: at 64 in flight a quarter more
 * answers a second than with all in one (`npm run bench -- --only rpc`).
 */
export const RPC_PACK = 32;
/** A packed AMQP message is closed when its items reach this many bytes; a single larger item is refused. */
export const MAX_BODY_BYTES = 256 * 1024;

/** A body with no items: its receiver acknowledges it and is done. */
export const NOTHING = '[]';
