import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isUnionType,
} from 'graphql';

/**
 * Every fact of the contract's SDL that the schema does not have as it is written: a type, a field and its type, an
 * argument and its type and default, an enum's value, a union's member. More than the contract may be there.
 */
export function contradictions(contractSdl: string, schema: GraphQLSchema): string[] {
  return factsOf(buildSchema(contractSdl)).filter((fact) => !new Set(factsOf(schema)).has(fact));
}

function factsOf(schema: GraphQLSchema): string[] {
  const facts: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    facts.push(`${type.constructor.name} ${type.name}`);
    if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        facts.push(`${type.name}.${field.name}: ${String(field.type)}`);
        for (const arg of field.args)
          facts.push(
            `${type.name}.${field.name}(${arg.name}: ${String(arg.type)} = ${String(arg.defaultValue)})`,
          );
      }
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()))
        facts.push(`${type.name}.${field.name}: ${String(field.type)}`);
      facts.push(`${type.name} has ${Object.keys(type.getFields()).sort().join()}`);
    } else if (isEnumType(type)) {
      facts.push(
        `${type.name} is ${type
          .getValues()
          .map(({ name }) => name)
          .sort()
          .join()}`,
      );
    } else if (isUnionType(type)) {
      facts.push(
        `${type.name} is ${type
          .getTypes()
          .map(({ name }) => name)
          .sort()
          .join()}`,
      );
    }
  }
  return facts;
}
