import { Code, Failure } from '@caravan/contracts';

/**
 * Something that the handler needs is away for the moment (its database restarts, the pool is exhausted). The message
 * is not to blame: it is tried again in place, as long as it takes, and no attempt is counted against it.
 */
export class TransientError extends Error {
  /** The connection broke at COMMIT: whether the work was done is not known. */
  readonly outcomeUnknown: boolean;

  constructor(message: string, options: ErrorOptions & { outcomeUnknown?: boolean } = {}) {
    super(message, options);
    this.name = 'TransientError';
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/**
 * Transactions were in each other's way: a row was locked for too long, a deadlock was broken, a statement took too long.
 * It tells of single items and not of the whole database, so a batch is tried again item by item.
 */
export class ContentionError extends TransientError {
  constructor(message: string, options: ErrorOptions & { outcomeUnknown?: boolean } = {}) {
    super(message, options);
    this.name = 'ContentionError';
  }
}

/** No queue took the message. */
export class UnroutableError extends Error {
  constructor(routingKey: string) {
    super(`No queue is bound for ${routingKey}; it stays in the outbox until there is one`);
    this.name = 'UnroutableError';
  }
}

/** The broker did not confirm: whether it has the message is not known. */
export class UnconfirmedError extends Error {
  constructor(reason: string) {
    super(`The broker did not confirm: ${reason}`);
    this.name = 'UnconfirmedError';
  }
}

/** The broker has not taken this message: a queue that it is for is full. Others may pass. */
export class RefusedError extends UnconfirmedError {
  constructor() {
    super('a queue refused it, because it is full');
    this.name = 'RefusedError';
  }
}

/**
 * Whether an error tells of something that is away (a database, another service) and not of the work itself: doing the
 * same again later is right, doing it again in smaller pieces is not.
 */
export const isNobodysFault = (error: unknown): boolean =>
  error instanceof TransientError ||
  (error instanceof Failure && (error.code === Code.unavailable || error.code === Code.deadlineExceeded));

/** The reason to hold a whole batch: what its handler needs is away. Contention is about single items. */
export const isOutage = (error: unknown): boolean =>
  isNobodysFault(error) && !(error instanceof ContentionError);

/** Turns an error of a library into a TransientError where it tells of something that is away; returns any other as it is. */
export type ExplainError = (error: unknown) => unknown;

/** Injection token under which a module says what the errors mean that its library throws in handlers: an `ExplainError`. Optional. */
export const HANDLER_ERRORS = Symbol('HANDLER_ERRORS');
