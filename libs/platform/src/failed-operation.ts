/** Header in which an API tells the gateway what failed in an answer; the gateway logs and counts it, and strips it. */
export const FAILED_OPERATION = 'x-failed-operation';

/** A GraphQL operation with errors in its answer, whole or in part. */
export interface FailedOperation {
  /** The operation's own name, where it has one that is fit to be logged. */
  readonly operation?: string;
  /** Its first root field, as the schema names it. */
  readonly field?: string;
  /** The public codes of its errors, each once. */
  readonly codes: readonly string[];
}

const NAME = /^\w{1,64}$/;
const MAX_CODES = 5;

/** The value of the header: JSON in ASCII. Names that no GraphQL document could have are left out. */
export function tellFailure({ operation, field, codes }: FailedOperation): string {
  return JSON.stringify({
    ...(operation !== undefined && NAME.test(operation) && { operation }),
    ...(field !== undefined && NAME.test(field) && { field }),
    codes: [...new Set(codes)].slice(0, MAX_CODES),
  });
}

/** @returns undefined when nothing failed */
export function toldFailure(header: string | string[] | undefined): FailedOperation | undefined {
  return typeof header === 'string' ? (JSON.parse(header) as FailedOperation) : undefined;
}

/**
 * What a request that was never executed calls itself, for the log alone: the client's text is not parsed.
 * @param text the GraphQL document
 */
export function operationNameIn(text: string, operationName?: unknown): string | undefined {
  if (typeof operationName === 'string' && NAME.test(operationName)) return operationName;
  return /\b(?:query|mutation|subscription)\s+([_A-Za-z]\w{0,63})/.exec(text)?.[1];
}
