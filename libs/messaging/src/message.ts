/** What a handler of durable messages, or a batched handler of requests, is given for each item of its batch. */
export interface Message<Data = unknown> {
  /** uuid of a durable message, stable over repetitions; of a request, its number. */
  readonly id: string;
  readonly type: string;
  readonly data: Data;
  readonly traceparent: string;
  /** The service whose saga wants an answer. */
  readonly replyTo?: string;
  readonly sagaId?: string;
  readonly ask?: string;
  /** 1 the first time. */
  readonly attempt: number;
  /** Epoch milliseconds after which nobody waits for the answer; requests only. */
  readonly deadline?: number;
}
