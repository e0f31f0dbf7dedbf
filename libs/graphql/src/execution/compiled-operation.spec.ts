import { expect, it } from '@jest/globals';
import {
  buildSchema,
  execute,
  type ExecutionResult,
  getIntrospectionQuery,
  getVariableValues,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLScalarType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { CompiledOperation } from './compiled-operation.ts';

const schema = buildSchema(`
  interface Node { id: ID! }
  union Thing = Product | Shelf | Ghost
  enum Kind { SMALL LARGE }
  scalar Odd
  input Wish { sku: ID! quantity: Int = 2 tags: [String!] }
  type Money { amount: Int! formatted: String! note: String }
  type Product implements Node { id: ID! price: Money! prices: [Money] strict: [Money!]! kind: Kind odd: Odd name: String! }
  type Shelf implements Node { id: ID! things: [Thing!]! first: Node }
  type Ghost { id: ID! }
  type Query {
    product: Product late: Product strict: Product! shelf: Shelf things: [Thing] node(id: ID!): Node nothing: Node
    nodes: [Node!] echo(text: String, wish: Wish, n: Int! = 3): String fails: String! failsLate: String! softly: String
    softlyLate: String text: String thrown: String number: Int bool: Boolean float: Float asked: String method(by: Int): Int
    errorValue: String list: [Int] listLate: [Int!] iterable: [Int] notIterable: [Int] matrix: [[Int!]] wrong: Thing
    badType: Thing lateType: Thing throwsType: Thing isNot: Ghost ghosts: [Ghost] self: Query!
  }
  type Mutation { change(by: Int!): Product a: Int b: Int fails: Int! }
`);

const money = (amount: number) => ({
  amount,
  get formatted() {
    if (amount < 0) throw new RangeError('no such currency');
    return `€${amount}`;
  },
});
const product = (id: string, changes = {}) => ({
  __typename: 'Product',
  id,
  price: money(1),
  get prices() {
    return [money(2), null, money(-1), later(money(4)), later(new Error('late price'))];
  },
  strict: [money(5), later(money(6))],
  kind: 'SMALL',
  odd: 'odd',
  name: () => later(`name of ${id}`),
  ...changes,
});
const later = async <T>(value: T, turns = 1): Promise<T> => {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  if (value instanceof Error) throw value;
  return value;
};
const boom = (value: unknown) => {
  throw value;
};

type Resolver = (source: any, args: any, context: any, info: GraphQLResolveInfo) => unknown;
const told: unknown[] = [];
const resolvers: Record<string, Record<string, Resolver>> = {
  Query: {
    product: () => product('p', { strict: [money(-5), later(money(9))] }),
    late: () => later(product('late', { kind: 'MIDDLE', price: null })),
    strict: () => later(product('s', { id: null })),
    shelf: () => ({
      id: 7,
      things: [
        product('a'),
        { __typename: 'Ghost', id: 'g' },
        later({ __typename: 'Shelf', id: 8, things: [] }),
      ],
      first: () => product('first'),
    }),
    things: () => [
      product('a'),
      { __typename: 'Nobody' },
      null,
      new Error('no thing'),
      { __typename: 'Money' },
    ],
    node: (_, { id }) => later(product(id)),
    nothing: () => undefined,
    nodes: () => [product('n'), { __typename: 'Shelf', id: 's' }],
    echo: (_, args) => JSON.stringify(args),
    fails: () => boom(new Error('fails')),
    failsLate: () => later(new Error('fails late'), 3),
    softly: () => boom(new GraphQLError('softly', { extensions: { code: 'SOFT' } })),
    softlyLate: () => later(new Error('softly late'), 2),
    text: () => 12,
    thrown: () => boom('a string'),
    number: () => 2 ** 31,
    bool: () => 'yes',
    float: () => Number.NaN,
    asked: (_, args, context, info) => {
      const { fieldName, path, returnType, parentType, variableValues, fieldNodes, fragments, operation } =
        info;
      told.push([fieldName, path, String(returnType), String(parentType), variableValues, fieldNodes.length]);
      told.push([
        Object.keys(fragments),
        operation.name?.value,
        info.schema === schema,
        info.rootValue,
        args,
        context,
      ]);
      return 'asked';
    },
    errorValue: () => new Error('an error as a value'),
    list: () => [1, 'x', later(3), later(new Error('late item')), 5],
    listLate: () => later([later(1), later(new Error('one')), later(new Error('two'))]),
    iterable: () => new Set([1, 2]),
    notIterable: () => 'text',
    matrix: () => [[1], [null], later([2])],
    wrong: () => ({ __typename: 'Money' }),
    badType: () => ({}),
    lateType: () => ({ __typename: later('Ghost'), id: 'late' }),
    throwsType: () => ({ __typename: 'throw' }),
    isNot: () => ({ id: 'no' }),
    ghosts: () => [
      { id: 'g', ghost: true },
      { id: 'h', ghost: false },
      { id: 'i', ghost: later(true) },
    ],
    self: () => ({}),
  },
  Mutation: {
    change: (_, { by }) => later(product(`changed ${by}`)),
    fails: () => later(new Error('the change failed')),
    a: () => 1,
    b: () => later(2),
  },
};
for (const [type, fields] of Object.entries(resolvers))
  for (const [field, resolve] of Object.entries(fields))
    (schema.getType(type) as GraphQLObjectType).getFields()[field]!.resolve = resolve;
Object.assign(schema.getType('Odd') as GraphQLScalarType, {
  serialize: (value: unknown) => (value === 'odd' ? [value] : null),
});
Object.assign(schema.getType('Ghost') as GraphQLObjectType, {
  isTypeOf: (value: any) => value.ghost ?? value.id === 'g',
});
Object.assign(schema.getType('Thing') as object, {
  resolveType: (value: any) => (value.__typename === 'throw' ? boom(new Error('no type')) : value.__typename),
});

const context = { who: 'asks' };
const visible = ({ errors, data }: ExecutionResult) => ({
  text: JSON.stringify({ errors, data }),
  inside: errors?.map(({ name, nodes, path, originalError, extensions }) => ({
    name,
    nodes,
    path,
    extensions,
    originalError,
  })),
});

async function bothWays(document: string, variables: Record<string, unknown> = {}, times = 2) {
  const ast = parse(document);
  const operation = ast.definitions.find(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const compiled = new CompiledOperation(schema, ast, operation);
  const expected = visible(
    await execute({ schema, document: ast, contextValue: context, variableValues: variables }),
  );
  for (let time = 0; time < times; time++) {
    const answer = await compiled.execute(coerced!, context);
    expect(answer).toBeDefined();
    expect(visible(answer!)).toEqual(expected);
    expect(JSON.stringify({ data: answer!.data })).toBe(
      JSON.stringify({ data: JSON.parse(expected.text).data }),
    );
  }
  return JSON.parse(expected.text) as ExecutionResult;
}

const MONEY = '{ amount formatted note }';
it.each([
  ['names, aliases and __typename', `{ a: product { __typename id x: name kind odd } b: text }`],
  [
    'keys that objects have themselves',
    `{ __proto__: text constructor: text toString: text then: text shelf { __proto__: id } }`,
  ],
  ['a getter that throws', `{ product { prices ${MONEY} } }`],
  [
    'null that propagates out of a list, with items still on their way',
    `{ product { id strict ${MONEY} } text }`,
  ],
  ['a promise among the items', `{ node(id: 1) { ... on Product { strict ${MONEY} } } }`],
  ['null where none may be, late', `{ late { id price ${MONEY} name } text }`],
  ['a value that an enum does not have', `{ late { kind odd } }`],
  ['the whole answer null', `{ softly strict { id } text }`],
  ['errors in the order in which they happen', `{ softlyLate softly thrown errorValue }`],
  ['no error below what is null already', `{ softlyLate failsLate softly product { prices ${MONEY} } }`],
  ['an error before the others are there', `{ softlyLate late { id } fails }`],
  ['nested', `{ self { self { softlyLate failsLate } } softly }`],
  ['scalars out of range', `{ number bool float text list listLate iterable notIterable matrix }`],
  [
    'unions',
    `{ shelf { id things { __typename ... on Product { id name } ... on Node { n: id } ... on Ghost { id } } first { id } } }`,
  ],
  [
    'types that cannot be',
    `{ things { ... on Product { id } } wrong { __typename } badType { __typename } throwsType { __typename } }`,
  ],
  [
    'types that come late',
    `{ lateType { __typename ... on Ghost { id } } nothing { id } nodes { id __typename } }`,
  ],
  ['objects of another type', `{ isNot { id } ghosts { id } }`],
  [
    'fields merged from fragments',
    `{ product { ...A } ...B } fragment A on Product { id price { amount } } fragment B on Query { product { name price { formatted } ...A } text }`,
  ],
  [
    'constants as arguments',
    `{ echo a: echo(text: "x", wish: { sku: 1, tags: "one" }) b: echo(n: 5, text: null) method(by: 2) }`,
  ],
  ['introspection', getIntrospectionQuery()],
  ['a type by its name', `{ __type(name: "Money") { name fields { name type { kind ofType { name } } } } }`],
])('answers as graphql-js does: %s', (_, document) => bothWays(document));

const CHANGING = `query Q($s: Boolean!, $i: Boolean = true, $id: ID = "d", $wish: Wish, $n: Int = 4) {
  x: text @skip(if: $s) asked x: text ...F @include(if: $i) y: text @include(if: true) @skip(if: $s)
  echo(text: "a", wish: $wish, n: $n) node(id: $id) { ... on Product @skip(if: $s) { name } id }
} fragment F on Query { z: text @skip(if: $s) bool }`;
it.each([
  { s: true },
  { s: false, i: false, wish: { sku: 's', tags: ['a'] } },
  { s: false, id: '5', n: 7, wish: null },
  { s: true, n: null, id: null },
])('answers as graphql-js does for the variables %j', (variables) => bothWays(CHANGING, variables));

it('keeps what was skipped for one request for the next', async () => {
  const ast = parse('query ($s: Boolean!) { text @skip(if: $s) number: float }');
  const compiled = new CompiledOperation(schema, ast, ast.definitions[0] as OperationDefinitionNode);
  const keys = async (s: boolean) => Object.keys((await compiled.execute({ s }, context))!.data!);
  expect([await keys(true), await keys(false), await keys(true)]).toEqual([
    ['number'],
    ['text', 'number'],
    ['number'],
  ]);
});

it('tells resolvers what graphql-js tells them', async () => {
  told.length = 0;
  await bothWays(
    'query Q($n: Int = 1) { asked self { a: asked } ...F } fragment F on Query { asked method(by: $n) }',
    {},
    1,
  );
  expect(told).toHaveLength(8);
  expect(told.slice(4)).toEqual(told.slice(0, 4));
});

it('executes a mutation of one field, its error included', async () => {
  expect(await bothWays('mutation { change(by: 3) { id name } }')).toMatchObject({
    data: { change: { id: 'changed 3' } },
  });
  await bothWays('mutation { fails }');
});

it.each([
  ['a mutation of several fields', 'mutation { a b }', {}],
  ['a condition without a value', 'query ($s: Boolean = true) { text @skip(if: $s) }', { s: null }],
])('leaves to graphql-js: %s', (_, document, variables) => {
  const ast = parse(document);
  const compiled = new CompiledOperation(schema, ast, ast.definitions[0] as OperationDefinitionNode);
  expect(compiled.execute(variables, context)).toBeUndefined();
});
