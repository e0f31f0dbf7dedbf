import { Code, Failure, InventoryFailure, PaymentsFailure, UsersFailure } from '@caravan/contracts';
import { currentContext, hasChanged, UNAUTHENTICATED } from '@caravan/platform';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Every code that a GraphQL error may carry: the public contract's list. */
export type PublicCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'INTERNAL_SERVER_ERROR';

interface Said {
  readonly code: PublicCode;
  /** Stands for the failure's own words where those are about the inside. */
  readonly message?: string;
}

const LATER = 'This is not available at the moment. Try again in a moment.';
const LATE =
  'There was no answer in time. What was to be changed may have been; repeat it with the same key.';

/** Distributes over a union: the keys that all its members share would be none. */
type CodeOf<Codes> = Codes extends unknown ? Codes[keyof Codes] : never;
/** Every code that a service's contract names. A new one does not compile until it has a public code here. */
type ServiceCode = CodeOf<typeof InventoryFailure | typeof PaymentsFailure | typeof UsersFailure>;

const OF_SERVICE: Readonly<Record<ServiceCode, Said>> = {
  [InventoryFailure.unknownSku]: { code: 'NOT_FOUND', message: 'There is no such product.' },
  [InventoryFailure.tooMuchStock]: { code: 'BAD_USER_INPUT' },
  [InventoryFailure.restockConflict]: { code: 'BAD_USER_INPUT' },
  [InventoryFailure.outOfStock]: { code: 'BAD_USER_INPUT' },
  [InventoryFailure.alreadyReleased]: { code: 'BAD_USER_INPUT' },
  [PaymentsFailure.declined]: { code: 'BAD_USER_INPUT' },
  [PaymentsFailure.invalidMethod]: { code: 'BAD_USER_INPUT' },
  [PaymentsFailure.invalidAmount]: { code: 'BAD_USER_INPUT' },
  [PaymentsFailure.disputed]: { code: 'BAD_USER_INPUT' },
  [PaymentsFailure.notCapturable]: { code: 'BAD_USER_INPUT' },
  [PaymentsFailure.refused]: { code: 'BAD_USER_INPUT', message: 'The payment was refused.' },
  [PaymentsFailure.badSignature]: { code: 'FORBIDDEN' },
  [PaymentsFailure.staleSignature]: { code: 'FORBIDDEN' },

  [UsersFailure.emailTaken]: { code: 'BAD_USER_INPUT' },
  [UsersFailure.invalid]: { code: 'BAD_USER_INPUT' },
  [UsersFailure.badCredentials]: { code: 'UNAUTHENTICATED' },
  [UsersFailure.badRefreshToken]: { code: 'UNAUTHENTICATED' },
  [UsersFailure.tooManyAttempts]: { code: 'RATE_LIMITED' },
};

/** What any call may fail with, in the words of the public contract. A code that stands in no table is masked. */
const OF_FAILURE: Readonly<Record<string, Said>> = {
  ...OF_SERVICE,
  [Code.unavailable]: { code: 'UNAVAILABLE', message: LATER },
  [Code.deadlineExceeded]: { code: 'DEADLINE_EXCEEDED', message: LATE },
  [Code.invalid]: { code: 'BAD_USER_INPUT', message: 'The input was refused.' },
  [Code.forbidden]: { code: 'FORBIDDEN' },
  [UNAUTHENTICATED]: { code: 'UNAUTHENTICATED' },
  'caravan.rate-limited': { code: 'RATE_LIMITED' },
  'bff.not-found': { code: 'NOT_FOUND' },
  'bff.bad-input': { code: 'BAD_USER_INPUT' },
};

/** Apollo's and our own codes that may go out, some under another name. */
const OF_GRAPHQL: Readonly<Record<string, PublicCode>> = {
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  PERSISTED_QUERY_NOT_FOUND: 'PERSISTED_QUERY_NOT_FOUND',
  PERSISTED_QUERY_NOT_SUPPORTED: 'PERSISTED_QUERY_NOT_FOUND',
};

/** What was named is not there, or not for the caller to know of. */
export const notFound = (message: string): Failure => new Failure('bff.not-found', message);

/** What the client sent cannot be meant; the message says how it has to be. */
export const badInput = (message: string): Failure => new Failure('bff.bad-input', message);

/** Characters of an error's message: what a client sent is not repeated at any length. */
const MAX_MESSAGE = 300;

/**
 * Makes the function that turns every error of an answer into what the outside may see: message, locations, path, a code
 * of the contract and the trace id. What is not foreseen is masked and handed to `report`, once an error.
 * @param hidesSchema whether messages keep names of the schema back that the client did not name
 */
export function errorFormatter(report: (error: unknown) => void, hidesSchema = false) {
  const reported = new WeakSet<object>();
  const reportOnce = (original: unknown): void => {
    if (typeof original !== 'object' || original === null || !reported.has(original)) report(original);
    if (typeof original === 'object' && original !== null) reported.add(original);
  };
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    const said = saidOf(formatted, original);
    const { traceId } = currentContext();
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    // After a change no error of the same request may say that nothing has happened.
    if (hasChanged() && (!said || said.code === 'UNAVAILABLE')) {
      if (!said) reportOnce(original);
      return { message: LATE, ...place, extensions: { code: 'DEADLINE_EXCEEDED', traceId } };
    }
    if (said) {
      const own = said.message ?? (original instanceof Failure ? original.message : formatted.message);
      const message = hidesSchema ? withoutTypes(clipped(withoutSuggestion(own))) : clipped(own);
      return { message, ...place, extensions: { code: said.code, traceId } };
    }
    reportOnce(original);
    const message = 'Something went wrong on our side. Tell us the trace id if it stays so.';
    return { message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', traceId } };
  };
}

function saidOf(formatted: GraphQLFormattedError, original: unknown): Said | undefined {
  if (original instanceof Failure) return OF_FAILURE[original.code];
  if (!(original instanceof GraphQLError)) return undefined;
  const known = OF_GRAPHQL[String(formatted.extensions?.['code'])];
  if (known) return { code: known };
  // An error that graphql-js or Apollo raise without a code. Before any field was executed it is about the request,
  // and while executing, when it is located but wraps no other error, about an argument, e.g. null from a variable.
  const { code, http } = original.extensions as { code?: string; http?: { status?: number } };
  const refused = http?.status !== undefined && http.status >= 400 && http.status < 500;
  const aboutRequest = code === undefined && formatted.path === undefined;
  const argument = original.nodes?.length && !original.originalError;
  return refused || aboutRequest || argument ? { code: 'BAD_USER_INPUT' } : undefined;
}

/** At most MAX_MESSAGE characters, not cut within one. */
function clipped(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  return `${message
    .slice(0, MAX_MESSAGE)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}

/** Apollo hides suggestions in the errors of validation only. */
function withoutSuggestion(message: string): string {
  const at = message.indexOf(' Did you mean ');
  return at < 0 ? message : message.slice(0, at);
}

/** The same for the type that a variable's unknown field was looked for in. */
const withoutTypes = (message: string): string =>
  message.replace(/ is not defined by type "\w+"/g, ' is not defined');
