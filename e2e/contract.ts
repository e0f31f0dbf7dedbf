import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isObjectType,
  isUnionType,
} from 'graphql';

export type Api = 'web' | 'mobile';

/** The schema as the public contract writes it down. */
export function contractOf(api: Api): GraphQLSchema {
  return buildSchema(readFileSync(join(import.meta.dirname, 'contract', `${api}.graphql`), 'utf8'));
}

/** The selection set of every field that the contract gives to a type, all the way down. */
export function everyField(schema: GraphQLSchema, typeName: string): string {
  const type = schema.getType(typeName);
  if (!type) throw new Error(`The contract has no type ${typeName}`);
  return selectionOf(type);
}

function selectionOf(type: GraphQLNamedType): string {
  if (isUnionType(type)) {
    const members = type.getTypes().map((member) => `... on ${member.name} ${selectionOf(member)}`);
    return `{ __typename ${members.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields());
  return `{ ${fields.map((field) => `${field.name} ${selectionOf(getNamedType(field.type))}`).join(' ')} }`;
}
