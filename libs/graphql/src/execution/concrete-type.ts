import { type GraphQLAbstractType, GraphQLError, type GraphQLObjectType, isObjectType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Scope } from './collect-fields.ts';
import type { Place } from './field-plan.ts';

/**
 * The object type that a value of an abstract type has been resolved to.
 * @throws GraphQLError in graphql-js' words when that is no possible type
 */
export function concreteType(
  { schema }: Scope,
  { field, parent, nodes }: Place,
  type: GraphQLAbstractType,
  name: unknown,
  value: unknown,
): GraphQLObjectType {
  const at = `"${parent.name}.${field.name}"`;
  if (name == null)
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${at}. ` +
        `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide ` +
        `an "isTypeOf" function.`,
      { nodes },
    );
  if (isObjectType(name))
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 ' +
        'please return type name instead.',
    );
  if (typeof name !== 'string')
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${at} with ` +
        `value ${inspect(value)}, received "${inspect(name)}".`,
    );
  const concrete = schema.getType(name);
  if (!concrete)
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  if (!isObjectType(concrete))
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, {
      nodes,
    });
  if (!schema.isSubType(type, concrete))
    throw new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${type.name}".`, {
      nodes,
    });
  return concrete;
}
