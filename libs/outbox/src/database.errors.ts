import { ContentionError, TransientError } from '@caravan/messaging';

/** Refused because of what others did at the same time; doing the whole transaction again at once is right. PostgreSQL, appendix A. */
const CONFLICT = new Set(['40001', '40P01']);
/** Conflicts, and waits that were ended: for a lock (55P03), for a statement (57014). They tell of rows and statements, not of the server. */
const CONTENTION = new Set([...CONFLICT, '55P03', '57014']);
/** The values were refused: data exceptions, constraints, and what is too large for an index or a row. */
const DATA = /^(22|23|54)/;
/**
 * Classes and codes of errors that tell of the server and not of what it was asked: connection, read-only or idle too long, a
 * password that is being rotated, out of room (disk, memory, connections), interrupted or shutting down, input and output.
 */
const AWAY = /^(08|28|53|57(?!014)|58|25006|25P03)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EMFILE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);
const CLIENT =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|connection error|not queryable|Driver not Connected/i;

interface DatabaseError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  readonly driverError?: { readonly code?: string };
}

const codeOf = (error: unknown): string =>
  (error as DatabaseError)?.driverError?.code ?? (error as DatabaseError)?.code ?? '';

export function isConflict(error: unknown): boolean {
  return CONFLICT.has(codeOf(error)) || isEnteredTwice(error);
}

/** Another consumer has entered the same message meanwhile; seen again, it is no longer fresh. */
const isEnteredTwice = (error: unknown): boolean =>
  codeOf(error) === '23505' && (error as DatabaseError).constraint === 'inbox_pkey';

/** Transactions were in each other's way: it is about the rows of single items. */
export function isContention(error: unknown): boolean {
  return error instanceof ContentionError || CONTENTION.has(codeOf(error));
}

/** Single items of a set may be to blame: the database refused values, or the program could not handle one. */
export function isAboutData(error: unknown): boolean {
  if (error instanceof TransientError || isAway(error) || isContention(error)) return false;
  const code = codeOf(error);
  return !SQLSTATE.test(code) || DATA.test(code);
}

/** The database could not be asked, as opposed to: it refused what it was asked. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (SOCKET.has(code)) return true;
  if (SQLSTATE.test(code)) return AWAY.test(code);
  const { name, message } = (error ?? {}) as Error;
  return name === 'QueryRunnerAlreadyReleasedError' || CLIENT.test(message ?? '');
}

/** The server itself said so, as opposed to: the connection broke. */
export function isAnswer(error: unknown): boolean {
  const code = codeOf(error);
  return SQLSTATE.test(code) && !SOCKET.has(code);
}

/** The database was asked and said no: what was asked for has not happened. */
export function isRefusal(error: unknown): boolean {
  return isAnswer(error) && !isAway(error);
}

/**
 * Errors that are nobody's fault become a TransientError, so that messages wait and requests are refused politely.
 * @param outcomeUnknown whether the work may have been done all the same
 */
export function translated(error: unknown, outcomeUnknown = false): unknown {
  if (error instanceof TransientError) {
    if (error.outcomeUnknown || !outcomeUnknown) return error;
    return new TransientError(error.message, { cause: error, outcomeUnknown });
  }
  if (isContention(error)) {
    const message = `The database: ${(error as Error).message}`;
    // Once the outcome is unknown, repeating in smaller pieces is no longer the point: it is reported as an outage.
    return outcomeUnknown ? away(error, outcomeUnknown) : new ContentionError(message, { cause: error });
  }
  return isAway(error) ? away(error, outcomeUnknown) : error;
}

/**
 * Says that it is nobody's fault. Right as it is for a connection that does not come about: whatever the reason (closed to all,
 * renamed, rights taken away), it is not what was asked for.
 */
export const away = (error: unknown, outcomeUnknown = false): TransientError =>
  new TransientError(`The database: ${(error as Error).message}`, { cause: error, outcomeUnknown });
