import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import ts from 'typescript';

const checkout = join(import.meta.dirname, '../../..');
const LOOKS_LIKE_ONE = /^\s*(?:#[^\n]*\s+)*(?:\{|query\b|mutation\b|subscription\b|fragment\b)/;

/**
 * Every GraphQL document in the sources of the stories (e2e) and in the documentation, whatever it is meant to be answered
 * with. What a template inserts is known when it is a constant text or every field of a type.
 */
export function documentsOfStories(schema: GraphQLSchema): string[] {
  const documents = new Set<string>();
  const constants = new Map<string, string>();
  const sources = [
    ...filesBelow('e2e', '.ts').map((path) => readFileSync(join(checkout, path), 'utf8')),
    ...[...filesBelow('docs', '.md'), 'README.md'].flatMap(codeIn),
  ].map((text) => ts.createSourceFile('story.ts', text, ts.ScriptTarget.Latest, true));
  const visit = (node: ts.Node): void => {
    const text = textOf(node, constants, schema);
    if (text !== undefined && ts.isVariableDeclaration(node.parent) && ts.isIdentifier(node.parent.name))
      constants.set(node.parent.name.text, text);
    if (text !== undefined && LOOKS_LIKE_ONE.test(text)) documents.add(text);
    ts.forEachChild(node, visit);
  };
  // Twice, because a constant may be written below or in another file than what inserts it.
  for (const source of [...sources, ...sources]) visit(source);
  return [...documents];
}

function textOf(
  node: ts.Node,
  constants: ReadonlyMap<string, string>,
  schema: GraphQLSchema,
): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  let text = node.head.text;
  for (const { expression, literal } of node.templateSpans) {
    const inserted = ts.isCallExpression(expression)
      ? everyFieldOf(schema, expression.arguments[0])
      : constants.get(expression.getText());
    // An argument list or a name that a story computes: its document is there with none, too.
    text += (inserted ?? '') + literal.text;
  }
  return text;
}

function everyFieldOf(schema: GraphQLSchema, argument: ts.Expression | undefined): string | undefined {
  const type = argument && ts.isStringLiteralLike(argument) ? schema.getType(argument.text) : undefined;
  return type && everyField(schema, type);
}

/** The selection of every field of a type, all the way down; nothing for a scalar. */
export function everyField(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  above: readonly string[] = [],
): string {
  if (above.filter((name) => name === type.name).length > 1) return '{ __typename }';
  const path = [...above, type.name];
  if (isUnionType(type) || isInterfaceType(type)) {
    const members = schema
      .getPossibleTypes(type)
      .map((member) => `... on ${member.name} ${everyField(schema, member, path)}`);
    return `{ __typename ${members.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).map(
    (field) => `${field.name} ${everyField(schema, getNamedType(field.type), path)}`,
  );
  return `{ __typename ${fields.join(' ')} }`;
}

/** One document for each field of the roots, with every field of its type and a variable for each argument. */
export function documentsOfSchema(schema: GraphQLSchema): string[] {
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType() };
  return Object.entries(roots).flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map(({ name, args, type }) => {
      const definitions = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(' ');
      const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(' ');
      const selection = everyField(schema, getNamedType(type));
      return `${kind} ${definitions && `(${definitions})`} { ${name} ${given && `(${given})`} ${selection} }`;
    }),
  );
}

/** The code of a page of the documentation; a document alone as a template. */
function codeIn(path: string): string[] {
  const blocks = readFileSync(join(checkout, path), 'utf8').matchAll(
    /```(js|ts|graphql)\b[^\n]*\n([\s\S]*?)```/g,
  );
  return [...blocks].map(([, kind, code]) => (kind === 'graphql' ? `\`${code}\`` : code!));
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));
}
