import type { FieldNode, GraphQLField, GraphQLObjectType } from 'graphql';
import type { Path, Run } from './run.ts';

/**
 * Turns what a resolver returned into what is answered, or a promise of it.
 * @throws whatever makes the field, or the item of a list, an error
 */
export type Complete = (run: Run, value: unknown, path: Path) => unknown;

/** A field of a document: where its values are completed. */
export interface Place {
  readonly field: GraphQLField<unknown, unknown>;
  readonly parent: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
}

/** Everything about one field of a document that does not change between executions. */
export interface FieldPlan extends Place {
  readonly key: string;
  readonly nullable: boolean;
  /** Of `__typename`: its value. */
  readonly typename: string | undefined;
  /** A scalar or enum that is a property of its object: completed without a path. */
  readonly isPlainLeaf: boolean;
  readonly complete: Complete;
}

/** The fields of one object of the answer, in its order. */
export type ObjectPlan = readonly FieldPlan[];
