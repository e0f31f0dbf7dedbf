import {
  defaultTypeResolver,
  type FieldNode,
  GraphQLError,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { collectFields, type Scope } from './collect-fields.ts';
import type { Complete, FieldPlan, ObjectPlan, Place } from './field-plan.ts';
import { concreteType } from './concrete-type.ts';
import { executeFields, fail, infoOf } from './fields.ts';
import { leafCompleter } from './leaves.ts';
import { isPromise, type Path, type Run } from './run.ts';

/** Plans what `sets` select on an object of `type`. */
export function planObject(
  scope: Scope,
  type: GraphQLObjectType,
  sets: readonly FieldNode['selectionSet'][],
): ObjectPlan {
  const plans: FieldPlan[] = [];
  for (const [key, nodes] of collectFields(scope, type, sets)) {
    const field = fieldOf(scope, type, nodes[0]!.name.value);
    if (!field) continue;
    const place: Place = { field, parent: type, nodes };
    const inner = isNonNullType(field.type) ? field.type.ofType : field.type;
    plans.push({
      ...place,
      key,
      nullable: inner === field.type,
      typename: field === TypeNameMetaFieldDef ? type.name : undefined,
      isPlainLeaf: isLeafType(inner) && !field.resolve && field.args.length === 0,
      complete: completer(scope, place, field.type),
    });
  }
  return plans;
}

function fieldOf(
  { schema }: Scope,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  const meta = [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  return meta && type === schema.getQueryType() ? meta : type.getFields()[name];
}

function completer(scope: Scope, place: Place, type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) {
    const complete = completer(scope, place, type.ofType);
    return (run, value, path) => {
      const completed = complete(run, value, path);
      if (completed !== null) return completed;
      throw new Error(`Cannot return null for non-nullable field ${place.parent.name}.${place.field.name}.`);
    };
  }
  if (isLeafType(type)) return leafCompleter(type);
  const complete = isListType(type)
    ? listCompleter(scope, place, type.ofType)
    : isAbstractType(type)
      ? abstractCompleter(scope, place, type)
      : objectCompleter(scope, place, type);
  return (run, value, path) => {
    if (value instanceof Error) throw value;
    return value == null ? null : complete(run, value, path);
  };
}

function objectCompleter(scope: Scope, place: Place, type: GraphQLObjectType): Complete {
  const sets = place.nodes.map(({ selectionSet }) => selectionSet);
  let plan: ObjectPlan | undefined;
  const complete: Complete = (run, value, path) => {
    plan ??= planObject(scope, type, sets);
    return executeFields(run, plan, value, path);
  };
  const { isTypeOf } = type;
  if (!isTypeOf) return complete;
  const check = (is: boolean, run: Run, value: unknown, path: Path): unknown => {
    if (is) return complete(run, value, path);
    const message = `Expected value of type "${type.name}" but got: ${inspect(value)}.`;
    throw new GraphQLError(message, { nodes: place.nodes });
  };
  return (run, value, path) => {
    const is = isTypeOf(value, run.contextValue, infoOf(run, place, fieldPath(path)));
    return isPromise(is)
      ? is.then((settled) => check(settled, run, value, path))
      : check(is, run, value, path);
  };
}

/** The path of the field that the item of a list belongs to. */
function fieldPath(path: Path): Path {
  let at = path;
  while (typeof at.key === 'number') at = at.prev!;
  return at;
}

function listCompleter(scope: Scope, place: Place, itemType: GraphQLOutputType): Complete {
  const complete = completer(scope, place, itemType);
  const nullable = !isNonNullType(itemType);
  const completeItem = (run: Run, item: unknown, path: Path): unknown => {
    const onError = (error: unknown) => fail(run, place.nodes, nullable, error, path);
    try {
      const completed = isPromise(item)
        ? item.then((value) => complete(run, value, path))
        : complete(run, item, path);
      return isPromise(completed) ? completed.then(undefined, onError) : completed;
    } catch (error) {
      return onError(error);
    }
  };
  return (run, value, path) => {
    const items = itemsOf(value, place);
    const completed: unknown[] = [];
    let waits = false;
    try {
      for (let key = 0; key < items.length; key++) {
        const item = completeItem(run, items[key], { prev: path, key, typename: undefined });
        waits ||= isPromise(item);
        completed.push(item);
      }
    } catch (error) {
      // The list has failed; what its other items come to is not asked for any more.
      if (waits) void Promise.allSettled(completed);
      throw error;
    }
    return waits ? Promise.all(completed) : completed;
  };
}

function itemsOf(value: unknown, { parent, field }: Place): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (
    typeof value === 'object' &&
    typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === 'function'
  )
    return Array.from(value as Iterable<unknown>);
  throw new GraphQLError(`Expected Iterable, but did not find one for field "${parent.name}.${field.name}".`);
}

/** Objects of each type are planned when the first of them comes. */
function abstractCompleter(scope: Scope, place: Place, type: GraphQLAbstractType): Complete {
  const byType = new Map<GraphQLObjectType, Complete>();
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const completeAs = (run: Run, name: unknown, value: unknown, path: Path): unknown => {
    const concrete = concreteType(scope, place, type, name, value);
    let complete = byType.get(concrete);
    if (!complete) byType.set(concrete, (complete = objectCompleter(scope, place, concrete)));
    return complete(run, value, path);
  };
  return (run, value, path) => {
    const name = resolveType(value, run.contextValue, infoOf(run, place, fieldPath(path)), type);
    return isPromise(name)
      ? name.then((settled) => completeAs(run, settled, value, path))
      : completeAs(run, name, value, path);
  };
}
