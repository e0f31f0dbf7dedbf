import {
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

export type Path = GraphQLResolveInfo['path'];

/** What all fields of one execution share. */
export interface Run {
  readonly schema: GraphQLSchema;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly operation: GraphQLResolveInfo['operation'];
  readonly contextValue: unknown;
  readonly variableValues: Record<string, unknown>;
  readonly errors: CollectedErrors;
}

/** The errors of the answer. One below a place that is null already is dropped, as in graphql-js. */
export class CollectedErrors {
  readonly list: GraphQLError[] = [];
  private readonly nulled = new Set<Path | undefined>();

  /** @param path of the place that became null; undefined for the whole answer */
  add(error: GraphQLError, path: Path | undefined): void {
    for (let at = path; at; at = at.prev) if (this.nulled.has(at)) return;
    if (this.nulled.has(undefined)) return;
    this.nulled.add(path);
    this.list.push(error);
  }
}

/** An object of the answer: keys as they come, `__proto__` included, and no inherited ones. */
export class Answer {
  [key: string]: unknown;
}
Object.setPrototypeOf(Answer.prototype, null);
delete (Answer.prototype as { constructor?: unknown }).constructor;

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

export function pathToArray(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
