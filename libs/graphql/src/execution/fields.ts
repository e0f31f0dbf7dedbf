import { type FieldNode, getArgumentValues, type GraphQLResolveInfo, locatedError } from 'graphql';
import type { FieldPlan, ObjectPlan, Place } from './field-plan.ts';
import { Answer, isPromise, type Path, pathToArray, type Run } from './run.ts';

/**
 * Resolves and completes the fields of `source`. The order of errors and the propagation of null are those of graphql-js.
 * @param path of the object; undefined for the root
 * @throws the error of a field that may not be null
 */
export function executeFields(
  run: Run,
  plan: ObjectPlan,
  source: unknown,
  path: Path | undefined,
): Answer | Promise<Answer> {
  const answer = new Answer();
  let pending: Promise<unknown>[] | undefined;
  let keys: string[] | undefined;
  try {
    for (const field of plan) {
      const value = executeField(run, field, source, path);
      answer[field.key] = value;
      if (!isPromise(value)) continue;
      (pending ??= []).push(value);
      (keys ??= []).push(field.key);
    }
  } catch (error) {
    if (!pending) throw error;
    // Waits for the other fields, so that no rejection stays unhandled.
    return Promise.all(pending).finally(() => {
      throw error;
    }) as Promise<never>;
  }
  if (!pending) return answer;
  return Promise.all(pending).then((values) => {
    for (let i = 0; i < values.length; i++) answer[keys![i]!] = values[i];
    return answer;
  });
}

function executeField(run: Run, plan: FieldPlan, source: unknown, parent: Path | undefined): unknown {
  if (plan.typename !== undefined) return plan.typename;
  if (!plan.isPlainLeaf) return executeAny(run, plan, source, pathOf(plan, parent));
  let value: unknown;
  try {
    value = (source as Record<string, unknown> | null | undefined)?.[plan.field.name];
    if (typeof value !== 'function' && !isPromise(value)) return plan.complete(run, value, NOWHERE);
  } catch (error) {
    return fail(run, plan.nodes, plan.nullable, error, pathOf(plan, parent));
  }
  return executeAny(run, plan, source, pathOf(plan, parent));
}

function executeAny(run: Run, plan: FieldPlan, source: unknown, path: Path): unknown {
  const onError = (error: unknown) => fail(run, plan.nodes, plan.nullable, error, path);
  try {
    const value = plan.field.resolve ? resolved(run, plan, source, path) : property(run, plan, source, path);
    const completed = isPromise(value)
      ? value.then((result) => plan.complete(run, result, path))
      : plan.complete(run, value, path);
    return isPromise(completed) ? completed.then(undefined, onError) : completed;
  } catch (error) {
    return onError(error);
  }
}

/** Stands for the path where none is needed. */
const NOWHERE: Path = { prev: undefined, key: '', typename: undefined };

const pathOf = ({ key, parent }: FieldPlan, prev: Path | undefined): Path => ({
  prev,
  key,
  typename: parent.name,
});

const argumentsOf = (run: Run, { field, nodes }: FieldPlan): Record<string, unknown> =>
  field.args.length > 0 ? getArgumentValues(field, nodes[0]!, run.variableValues) : {};

function resolved(run: Run, plan: FieldPlan, source: unknown, path: Path): unknown {
  return plan.field.resolve!(source, argumentsOf(run, plan), run.contextValue, infoOf(run, plan, path));
}

/** What graphql-js does for a field without a resolver. */
function property(run: Run, plan: FieldPlan, source: unknown, path: Path): unknown {
  const args = argumentsOf(run, plan);
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined;
  const value = (source as Record<string, unknown>)[plan.field.name];
  if (typeof value !== 'function') return value;
  return value.call(source, args, run.contextValue, infoOf(run, plan, path));
}

/** What a resolver is told about the field. @param path of the field */
export function infoOf(run: Run, { nodes, field, parent }: Place, path: Path): GraphQLResolveInfo {
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType: parent,
    path,
    schema: run.schema,
    fragments: run.fragments,
    rootValue: undefined,
    operation: run.operation,
    variableValues: run.variableValues,
  };
}

/**
 * Null for the place, with its error in the answer.
 * @throws the error, located, when the place may not be null
 */
export function fail(
  run: Run,
  nodes: readonly FieldNode[],
  nullable: boolean,
  raw: unknown,
  path: Path,
): null {
  const error = locatedError(raw, nodes as FieldNode[], pathToArray(path));
  if (!nullable) throw error;
  run.errors.add(error, path);
  return null;
}
