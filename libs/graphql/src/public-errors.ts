import { Code, Failure } from '@caravan/contracts';
import { currentContext, UNAUTHENTICATED } from '@caravan/platform';
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

/** What services fail with, in the words of the public contract. What is not here is nobody's business outside. */
const OF_FAILURE: Readonly<Record<string, Said>> = {
  [Code.unavailable]: { code: 'UNAVAILABLE', message: LATER },
  [Code.deadlineExceeded]: { code: 'DEADLINE_EXCEEDED', message: LATE },
  [Code.invalid]: { code: 'BAD_USER_INPUT', message: 'The input was refused.' },
  [Code.forbidden]: { code: 'FORBIDDEN' },
  [UNAUTHENTICATED]: { code: 'UNAUTHENTICATED' },
  'caravan.rate-limited': { code: 'RATE_LIMITED' },
  'inventory.unknown-sku': { code: 'NOT_FOUND', message: 'There is no such product.' },
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

/**
 * Makes the function that turns every error of an answer into what the outside may see: message, locations, path, a code
 * of the contract and the trace id. What is not foreseen is masked and handed to `report`, once an error.
 */
export function errorFormatter(report: (error: unknown) => void) {
  const reported = new WeakSet<object>();
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    const said = saidOf(formatted, original);
    const { traceId } = currentContext();
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    if (said) {
      const message = said.message ?? (original instanceof Failure ? original.message : formatted.message);
      return { message, ...place, extensions: { code: said.code, traceId } };
    }
    if (typeof original !== 'object' || original === null || !reported.has(original)) report(original);
    if (typeof original === 'object' && original !== null) reported.add(original);
    const message = 'Something went wrong on our side. Tell us the trace id if it stays so.';
    return { message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', traceId } };
  };
}

function saidOf(formatted: GraphQLFormattedError, original: unknown): Said | undefined {
  if (original instanceof Failure) return OF_FAILURE[original.code];
  if (!(original instanceof GraphQLError)) return undefined;
  const known = OF_GRAPHQL[String(formatted.extensions?.['code'])];
  if (known) return { code: known };
  // Without a code of their own: what Apollo refuses with a 4xx, and arguments that turn out to be unusable while
  // executing, e.g. null from a variable.
  const http = original.extensions['http'] as { status?: number } | undefined;
  const refused = http?.status !== undefined && http.status >= 400 && http.status < 500;
  const argument = original.nodes?.length && !original.originalError;
  return refused || argument ? { code: 'BAD_USER_INPUT' } : undefined;
}
