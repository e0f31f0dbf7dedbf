import { TransientError } from '@caravan/messaging';

/** Refused because of what others did at the same time; doing the whole transaction again is right. PostgreSQL, appendix A. */
const CONFLICT = new Set(['40001', '40P01', '55P03']);
/** The server is away, starting, stopping or full. Classes 08, 53 and 57P. */
const AWAY = new Set(['57P01', '57P02', '57P03', '53300', '25P03', '57014']);
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);

interface DatabaseError extends Error {
  readonly code?: string;
  readonly driverError?: { readonly code?: string };
}

const codeOf = (error: unknown): string | undefined =>
  (error as DatabaseError)?.driverError?.code ?? (error as DatabaseError)?.code;

export function isConflict(error: unknown): boolean {
  return CONFLICT.has(codeOf(error) ?? '');
}

/** The database could not be asked, as opposed to: it refused what it was asked. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  if (AWAY.has(code) || SOCKET.has(code) || /^08...$/.test(code)) return true;
  const { name, message } = (error ?? {}) as Error;
  return (
    name === 'QueryRunnerAlreadyReleasedError' ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Driver not Connected/i.test(
      message ?? '',
    )
  );
}

/** Errors that are nobody's fault become a TransientError, so that messages wait and requests are refused politely. */
export function translated(error: unknown, outcomeUnknown = false): unknown {
  if (isAway(error) || isConflict(error))
    return new TransientError(`The database: ${(error as Error).message}`, { cause: error, outcomeUnknown });
  return error;
}
