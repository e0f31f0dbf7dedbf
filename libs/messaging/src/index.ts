/** How services talk: requests with a deadline, durable commands and events in batches, on RabbitMQ or inside one process. */
export { ALONE_AT_ONCE, atOnce } from './at-once.ts';
export { Batcher } from './batcher.ts';
export {
  ContentionError,
  type ExplainError,
  HANDLER_ERRORS,
  isNobodysFault,
  isOutage,
  RefusedError,
  TransientError,
  UnconfirmedError,
  UnroutableError,
} from './message.errors.ts';
export { MessageClient } from './message.client.ts';
export type { Message } from './message.ts';
export { MessagingModule, type MessagingOptions } from './messaging.module.ts';
export { deadLetterQueue, EXCHANGE, replyKey, requestQueue, workQueue } from './topology.ts';
export { MemoryTransport } from './memory.transport.ts';
export { RabbitTransport } from './rabbit.transport.ts';
export {
  CONFIRM_TIMEOUT_MS,
  type DeadLetter,
  type DeadLetterBox,
  MESSAGE_TRANSPORT,
  type Receiver,
  type Transport,
  type Verdict,
} from './transport.ts';
export { MAX_BATCH, MAX_BODY_BYTES, type OutgoingMessage, type WireMessage } from './wire.ts';
