import { type GraphQLLeafType, isSpecifiedScalarType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Complete } from './field-plan.ts';

const MAX_INT = 2_147_483_647;

/**
 * Completes values of a scalar or enum, with the values and errors of `type.serialize`. Values of the specified scalars
 * that have the right form already are answered as they are.
 */
export function leafCompleter(type: GraphQLLeafType): Complete {
  const isRight = isSpecifiedScalarType(type) ? RIGHT[type.name] : undefined;
  return (_, value) => {
    if (isRight?.(value)) return value;
    if (value == null) return null;
    if (value instanceof Error) throw value;
    const written: unknown = type.serialize(value);
    if (written != null) return written;
    const call = `${inspect(type)}.serialize(${inspect(value)})`;
    throw new Error(`Expected \`${call}\` to return non-nullable value, returned: ${inspect(written)}`);
  };
}

const isText = (value: unknown): boolean => typeof value === 'string';

const RIGHT: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: isText,
  ID: isText,
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) <= MAX_INT,
  Float: Number.isFinite,
};
