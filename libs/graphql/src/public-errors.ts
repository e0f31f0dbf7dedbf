import { Code, Failure } from '@caravan/contracts';
import { currentContext } from '@caravan/platform';
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

/** What services fail with, in the words of the public contract. What is not here is nobody's business outside. */
const OF_FAILURE: Readonly<Record<string, PublicCode>> = {
  [Code.unavailable]: 'UNAVAILABLE',
  [Code.deadlineExceeded]: 'DEADLINE_EXCEEDED',
  [Code.invalid]: 'BAD_USER_INPUT',
  [Code.forbidden]: 'FORBIDDEN',
  'caravan.unauthenticated': 'UNAUTHENTICATED',
  'caravan.not-found': 'NOT_FOUND',
  'caravan.rate-limited': 'RATE_LIMITED',
  'inventory.unknown-sku': 'NOT_FOUND',
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

export const notFound = (message: string): Failure => new Failure('caravan.not-found', message);

/** The public code of a service's failure, or undefined when its words must not leave the house. */
export function publicCodeOf(failure: Failure): PublicCode | undefined {
  return OF_FAILURE[failure.code];
}

/**
 * Makes the function that turns every error of an answer into what the outside may see: message, locations, path, a code
 * of the contract and the trace id. What is not foreseen is masked and handed to `report`, once an error.
 */
export function errorFormatter(report: (error: unknown) => void) {
  const reported = new WeakSet<object>();
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    const code = codeOf(formatted, original);
    const { traceId } = currentContext();
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    if (code) {
      const message = original instanceof Failure ? original.message : formatted.message;
      return { message, ...place, extensions: { code, traceId } };
    }
    if (typeof original !== 'object' || original === null || !reported.has(original)) report(original);
    if (typeof original === 'object' && original !== null) reported.add(original);
    const message = 'Something went wrong on our side. Tell us the trace id if it stays so.';
    return { message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', traceId } };
  };
}

function codeOf(formatted: GraphQLFormattedError, original: unknown): PublicCode | undefined {
  if (original instanceof Failure) return publicCodeOf(original);
  if (!(original instanceof GraphQLError)) return undefined;
  const known = OF_GRAPHQL[String(formatted.extensions?.['code'])];
  // An argument that turns out to be unusable while executing, e.g. null from a variable, carries no code of its own.
  return known ?? (original.nodes?.length && !original.originalError ? 'BAD_USER_INPUT' : undefined);
}
