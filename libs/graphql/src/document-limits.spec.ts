import { expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { documentLimitsRule } from './document-limits.ts';

const schema = buildSchema(`
  type Query { a: Query b: String }
  type Mutation { x: String y: String }
`);
const limits = {
  tokens: 1_000,
  depth: 4,
  introspectionDepth: 6,
  fields: 8,
  aliases: 2,
  directives: 2,
  name: 20,
};
const faults = (query: string): string[] =>
  validate(schema, parse(query), [documentLimitsRule(limits)]).map(({ message }) => message);

test('what is within the limits passes', () => {
  expect(faults('{ a { a { a { b } } } }')).toEqual([]);
  expect(faults('mutation { x __typename }')).toEqual([]);
  expect(faults('{ p: b q: b }')).toEqual([]);
});

test('depth, through fragments and inline fragments too, each operation for itself', () => {
  const deep = ['The document is deeper than 4 levels.'];
  expect(faults('{ a { a { a { a { b } } } } }')).toEqual(deep);
  expect(faults('{ a { ...f } } fragment f on Query { a { ... { a { a { b } } } } }')).toEqual(deep);
  expect(faults('query q { b } query r { a { a { a { a { b } } } } }')).toEqual(deep);
});

test('fields, aliases, directives: counted as they are written', () => {
  expect(faults(`{ ${'b '.repeat(9)} }`)).toEqual(['The document has more than 8 fields.']);
  expect(faults('{ p: b ...f } fragment f on Query { q: b r: b }')).toEqual([
    'The document has more than 2 aliases.',
  ]);
  expect(faults('query @x { b @skip(if: true) ... @y { b } }')).toEqual([
    'The document has more than 2 directives.',
  ]);
});

test('a mutation has one root field, however it is written; queries may have more', () => {
  const one = ['A mutation does one thing: more than one root field is refused.'];
  expect(faults('mutation { x y }')).toEqual(one);
  expect(faults('mutation { p: x q: x }')).toEqual(one);
  expect(faults('mutation { x ... { y } }')).toEqual(one);
  expect(faults('mutation { ...f x } fragment f on Mutation { y }')).toEqual(one);
  expect(faults('mutation { ...f ...f } fragment f on Mutation { x }')).toEqual([]);
});

test('introspection has a depth of its own, through fragments too', () => {
  const deep = ['Introspection goes deeper than 6 levels.'];
  const types = (levels: number) => `${'ofType { '.repeat(levels)} name ${'}'.repeat(levels)}`;
  expect(faults(`{ __type(name: "Q") { ${types(4)} } }`)).toEqual([]);
  expect(faults(`{ __type(name: "Q") { ${types(5)} } }`)).toEqual(deep);
  expect(faults(`{ a { __schema { ...f } } } fragment f on __Schema { types { ${types(4)} } }`)).toEqual(
    deep,
  );
});

test('names that come back as keys of the answer are bounded', () => {
  const long = 'x'.repeat(21);
  expect(faults(`{ ${'x'.repeat(20)}: b }`)).toEqual([]);
  for (const query of [`{ ${long}: b }`, `{ ${long} }`, `{ a { ... { ${long}: b } } }`])
    expect(faults(query)).toEqual(['A name has more than 20 characters.']);
});

test('circles end, and fragments that multiply are walked once', () => {
  expect(faults('{ ...f } fragment f on Query { ...g } fragment g on Query { ...f b }')).toEqual([]);
  const bomb = Array.from(
    { length: 60 },
    (_, n) => `fragment f${n} on Mutation { ...f${n + 1} ...f${n + 1} }`,
  );
  expect(faults(`mutation { ...f0 } ${bomb.join(' ')} fragment f60 on Mutation { __typename }`)).toEqual([]);
});

test('no other rule works on a refused document', () => {
  const other = () => ({ Field: () => fail() });
  const fail = (): void => {
    throw new Error('walked');
  };
  expect(() =>
    validate(schema, parse(`{ ${'b '.repeat(9)} }`), [other, documentLimitsRule(limits)]),
  ).not.toThrow();
});
