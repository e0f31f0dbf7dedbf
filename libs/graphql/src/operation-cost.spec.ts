import { expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { costOf, refuseCostly } from './operation-cost.ts';

const schema = buildSchema(`
  type Query { orders(first: Int = 20): Page! one: Order any: Any }
  type Page { nodes: [Order!]! edges: [Edge!]! total: Int }
  type Edge { node: Order! }
  type Order { id: ID! lines: [Line!]! total: Money }
  type Line { price: Money }
  type Money { amount: Int }
  union Any = Order | Money
`);
function cost(query: string, variables = {}): number {
  const document = parse(query);
  return costOf(schema, document, getOperationAST(document)!, variables);
}

test('scalars are free, objects cost one, lists as many as the page has', () => {
  expect(cost('{ one { id } }')).toBe(1);
  expect(cost('{ one { total { amount } } }')).toBe(2);
  expect(cost('{ orders { total } }')).toBe(1);
  expect(cost('{ orders { nodes { id } } }')).toBe(1 + 20);
  expect(cost('{ orders(first: 3) { nodes { id total { amount } } edges { node { id } } } }')).toBe(
    1 + 3 * 2 + 3 * 2,
  );
});

test('a list without a page size is taken for five', () => {
  expect(cost('{ one { lines { price { amount } } } }')).toBe(1 + 5 * 2);
  expect(cost('{ orders(first: 2) { nodes { lines { price { amount } } } } }')).toBe(1 + 2 * (1 + 10));
});

test('page sizes never count for more than the largest page, nor for less than one', () => {
  expect(cost('{ orders(first: 1000000) { nodes { id } } }')).toBe(101);
  expect(cost('{ orders(first: -5) { nodes { id } } }')).toBe(2);
});

test('page sizes in variables: what was sent, else the default', () => {
  const query = 'query ($n: Int) { orders(first: $n) { nodes { lines { price { amount } } } } }';
  expect(cost(query, { n: 2 })).toBe(1 + 2 * 11);
  expect(cost(query, { n: 1e9 })).toBe(1 + 100 * 11);
  expect(cost(query)).toBe(1 + 20 * 11);
  expect(cost('query ($n: Int = 4) { orders(first: $n) { nodes { id } } }')).toBe(5);
});

test('null for a variable with a small default costs what the resolver answers for null', () => {
  const query = 'query ($n: Int = 1) { orders(first: $n) { nodes { id } } }';
  expect(cost(query)).toBe(1 + 1);
  expect(cost(query, { n: null })).toBe(1 + 20);
  expect(cost('query ($n: Int = null) { orders(first: $n) { nodes { id } } }')).toBe(1 + 20);
  expect(cost('{ orders(first: null) { nodes { id } } }')).toBe(1 + 20);
});

test('variables that cannot be coerced cost nothing: the operation is not executed', () => {
  expect(cost('query ($n: Int) { orders(first: $n) { nodes { id } } }', { n: 'many' })).toBe(0);
});

test('fragments cost where they are spread, aliases each time', () => {
  expect(cost('{ a: one { ...f } b: one { ...f } } fragment f on Order { total { amount } }')).toBe(4);
  expect(cost('{ any { ... on Order { total { amount } } ... on Money { amount } } }')).toBe(2);
  const query = 'query ($n: Int) { ...f ...f } fragment f on Query { orders(first: $n) { nodes { id } } }';
  expect(cost(query, { n: 10 })).toBe(22);
});

test('fragments that double sixty times are planned in no time', () => {
  const bomb = Array.from(
    { length: 60 },
    (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`,
  ).join(' ');
  const last = 'fragment f60 on Query { orders(first: $n) { nodes { id } } }';
  expect(cost(`query ($n: Int) { ...f0 } ${bomb} ${last}`, { n: 1 })).toBe(2 ** 61);
});

test('too much is refused with 400', () => {
  expect(() => refuseCostly(10, 10)).not.toThrow();
  expect(() => refuseCostly(11, 10)).toThrow(
    expect.objectContaining({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } } }),
  );
});
