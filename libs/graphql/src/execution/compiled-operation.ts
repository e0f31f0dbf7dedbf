import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { conditionsOf } from './collect-fields.ts';
import type { ObjectPlan } from './field-plan.ts';
import { executeFields } from './fields.ts';
import { planObject } from './plan.ts';
import { CollectedErrors, type Run } from './run.ts';

/** Plans that one operation keeps: one for each combination of the variables in `@skip` and `@include`. */
const MAX_PLANS = 8;

type Values = Record<string, unknown>;

/**
 * One operation of a valid document, prepared for being executed many times: which fields an object has, in which order,
 * and what completes their values is found once and not at each execution. Answers, errors and what resolvers are told
 * are those of graphql-js. No code is generated: a document stays data.
 */
export class CompiledOperation {
  private readonly fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  private readonly conditions: readonly string[];
  private readonly plans = new Map<string, ObjectPlan>();

  /** @param document valid for the schema; refused are subscriptions and mutations of several fields */
  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    readonly operation: OperationDefinitionNode,
  ) {
    const sets: SelectionSetNode[] = [operation.selectionSet];
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      this.fragments[definition.name.value] = definition;
      sets.push(definition.selectionSet);
    }
    this.conditions = conditionsOf(sets);
  }

  /**
   * Executes the operation.
   * @param variableValues coerced
   * @returns undefined when nothing was executed, because the operation is of a kind that is left to graphql-js
   */
  execute(
    variableValues: Values,
    contextValue: unknown,
  ): ExecutionResult | Promise<ExecutionResult> | undefined {
    const plan = this.planFor(variableValues);
    if (!plan) return undefined;
    const { schema, fragments, operation } = this;
    const errors = new CollectedErrors();
    const run: Run = { schema, fragments, operation, contextValue, variableValues, errors };
    const failed = (error: unknown) => {
      errors.add(error as GraphQLError, undefined);
      return result(null, errors.list);
    };
    try {
      const data = executeFields(run, plan, undefined, undefined);
      return data instanceof Promise
        ? data.then((done) => result(done, errors.list), failed)
        : result(data, errors.list);
    } catch (error) {
      return failed(error);
    }
  }

  private planFor(variableValues: Values): ObjectPlan | undefined {
    let key = '';
    for (const name of this.conditions) {
      const value = variableValues[name];
      if (typeof value !== 'boolean') return undefined;
      key += value ? 't' : 'f';
    }
    const known = this.plans.get(key);
    if (known || this.plans.size === MAX_PLANS) return known;
    const plan = this.plan(variableValues);
    if (plan) this.plans.set(key, plan);
    return plan;
  }

  private plan(variableValues: Values): ObjectPlan | undefined {
    const { schema, fragments, operation } = this;
    const root = schema.getRootType(operation.operation);
    if (!root || operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
    const conditions = Object.fromEntries(this.conditions.map((name) => [name, variableValues[name]]));
    const plan = planObject({ schema, fragments, conditions }, root, [operation.selectionSet]);
    // Fields of a mutation follow one another, which is left to graphql-js. Documents of ours have one.
    return operation.operation === OperationTypeNode.MUTATION && plan.length > 1 ? undefined : plan;
  }
}

const result = (data: ExecutionResult['data'], errors: GraphQLError[]): ExecutionResult =>
  errors.length === 0 ? { data } : { errors, data };
