import { ListProducts } from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { createHash } from 'node:crypto';
import { Bff, documentsKept } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';
import { ADA, mug } from '../../../libs/graphql/test/answers.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const many = (count: number, text: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

let development: Bff;
let production: Bff;
let ada: string;
beforeAll(async () => {
  development = await Bff.start(BffWebModule);
  production = await Bff.start(BffWebModule, { NODE_ENV: 'production' });
  ada = await production.token(ADA);
});
afterAll(() => Promise.all([development.stop(), production.stop()]));
beforeEach(() => {
  production.reset();
  production.on(ListProducts, { products: [mug], hasNextPage: false, totalCount: 1 });
});

const PRICE = 'price { amountMinor }';
test.each<[string, string, RegExp, string]>([
  ['a syntax error', '{ products(', /Syntax/, 'GRAPHQL_PARSE_FAILED'],
  [
    '20,000 fields',
    `{ products { nodes { ${many(20_000, () => 'sku')} } } }`,
    /1000 tokens/,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    '500 fields',
    `{ products { nodes { ${many(500, () => 'sku')} } } }`,
    /400 fields/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['30 aliases', `{ ${many(30, (n) => `a${n}: __typename`)} }`, /20 aliases/, 'GRAPHQL_VALIDATION_FAILED'],
  [
    '30 directives',
    `{ products { totalCount ${many(30, () => '@skip(if: false)')} } }`,
    /20 directives/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['12 levels', `{ ${'a { '.repeat(11)} b ${'}'.repeat(11)} }`, /10 levels/, 'GRAPHQL_VALIDATION_FAILED'],
  [
    '12 levels in fragments',
    `{ ...f0 } ${many(11, (n) => `fragment f${n} on Query { a { ...f${n + 1} } }`)} fragment f11 on Query { b }`,
    /10 levels/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle of fragments',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    /Cannot spread/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'two mutations',
    'mutation { a: cancelOrder(id: 1) { __typename } b: cancelOrder(id: 2) { __typename } }',
    /one thing/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'two mutations in a fragment',
    'mutation { ...m } fragment m on Mutation { a: cancelOrder(id: 1) { __typename } ... { b: cancelOrder(id: 2) { __typename } } }',
    /one thing/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a costly query',
    `{ ${many(20, (n) => `a${n}: products(first: 100) { nodes { ${PRICE} } edges { node { ${PRICE} } } }`)} }`,
    /objects/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an unknown field',
    '{ product(sku: 1) { nam } }',
    /Cannot query field "nam"/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an enum that is none',
    '{ products(first: MANY) { totalCount } }',
    /Int cannot represent/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an int beyond 2^31',
    '{ products(first: 3000000000) { totalCount } }',
    /Int cannot represent/,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'two operations without a name',
    'query a { __typename } query b { __typename }',
    /operation name/,
    'BAD_USER_INPUT',
  ],
  ['introspection in production', getIntrospectionQuery(), /introspection/i, 'GRAPHQL_VALIDATION_FAILED'],
])('%s: 400, fast, with a code of the contract', async (_, query, message, code) => {
  const { status, errors, data } = await production.query(query);
  expect(status).toBe(400);
  expect(data).toBeUndefined();
  expect(errors![0]!.message).toMatch(message);
  expect(errors![0]!.extensions['code']).toBe(code);
  expect(errors![0]!.extensions['traceId']).toMatch(/^[0-9a-f]{32}$/);
  expect(errors!.length).toBeLessThanOrEqual(10);
  expect(production.asked).toEqual([]);
});

test('a document is parsed and checked once, a refused one is not kept', async () => {
  const kept = documentsKept();
  for (let n = 1; n <= 3; n++) {
    const query = 'query Kept($n: Int) { products(first: $n) { totalCount } }';
    expect((await production.query(query, { n })).data).toEqual({ products: { totalCount: 1 } });
    await production.query(`{ ${many(500, () => 'sku')} }`);
  }
  expect(kept).toHaveBeenCalledTimes(1);
  kept.mockRestore();
});

test('page sizes in variables count as what they are', async () => {
  const query = `query ($n: Int) { ${many(10, (n) => `a${n}: orders(first: $n) { nodes { lines { product { ${PRICE} } } } }`)} }`;
  const dear = await production.query(query, { n: 100 }, ada);
  expect([dear.status, dear.errors![0]!.extensions['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  const cheap = await production.query(query, { n: 5 }, ada);
  expect(cheap.status).toBe(200);
});

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }`;
const input = (lines: unknown[], more = {}) => ({
  input: {
    idempotencyKey: 'k',
    lines,
    paymentMethod: 'pm_card_visa',
    shippingAddress: { name: 'Ada', line1: '1 Quay', city: 'Cork', postalCode: 'T12', country: 'IE' },
    ...more,
  },
});

test.each([
  ['60 bad quantities', input(Array.from({ length: 60 }, () => ({ sku: 'A', quantity: 'many' })))],
  ['60 unknown fields', input([], Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x${n}`, n])))],
  ['60 lines of null', input(Array.from({ length: 60 }, () => null))],
  ['no input', {}],
])('variables with %s: 400, at most ten errors, nothing logged', async (_, variables) => {
  const { status, errors } = await production.query(PLACE, variables);
  expect(status).toBe(400);
  expect(errors!.length).toBeLessThanOrEqual(10);
  expect(new Set(errors!.map(({ extensions }) => extensions['code']))).toEqual(new Set(['BAD_USER_INPUT']));
});

test('what a client sends does not come back at length', async () => {
  const long = 'x'.repeat(200_000);
  for (const { errors } of [
    await production.query('query ($n: Int) { products(first: $n) { totalCount } }', { n: long }),
    await production.query(PLACE, input([], { [long]: 1 })),
    await production.query(`{ ${long} }`),
    await production.query(`{ ${long}: __typename }`),
    await production.query(`query ($${long}: Int) { __typename }`),
    await production.query(`{ products(search: "${long}", ${long}: 1) { totalCount } }`),
    await production.post(JSON.stringify({ query: '{ __typename }', operationName: long }), JSON_TYPE),
  ])
    expect(JSON.stringify(errors).length).toBeLessThan(5_000);
});

test('introspection has a depth, in development too', async () => {
  const levels = 50;
  const query = `{ __schema { types { ${'ofType { '.repeat(levels)} name ${'}'.repeat(levels)} } } }`;
  const { status, errors } = await development.query(query);
  expect([status, errors![0]!.extensions['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
});

test('the door takes one JSON operation by POST and nothing else', async () => {
  const query = JSON.stringify({ query: '{ __typename }' });
  expect(await production.post(`[${query}]`, JSON_TYPE)).toMatchObject({ status: 400 });
  expect(await production.post(query, { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  expect(await production.post(query, { 'content-type': 'multipart/form-data; boundary=x' })).toMatchObject({
    status: 415,
  });
  expect(await production.post('{"query":', JSON_TYPE)).toMatchObject({
    status: 400,
    errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
  });
  expect(await production.post('', JSON_TYPE)).toMatchObject({ status: 400 });
  expect(await production.post(JSON.stringify({ query: 'x'.repeat(300_000) }), JSON_TYPE)).toMatchObject({
    status: 413,
  });
  const put = await fetch(`${production.url}/graphql`, { method: 'PUT' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test('whatever the client accepts, it gets JSON: no refusal after the effect', async () => {
  const typeFor = async (accept: string) => {
    const { status, headers } = await production.query('{ __typename }', {}, undefined, { accept });
    expect(status).toBe(200);
    return headers.get('content-type');
  };
  expect(await typeFor('text/html')).toMatch('application/json');
  expect(await typeFor('application/graphql-response+json')).toMatch('application/graphql-response+json');
});

test.each([
  { query: 7 },
  { query: '{ __typename }', variables: [1] },
  { query: '{ __typename }', variables: '{}' },
  { query: '{ __typename }', operationName: 7 },
  { query: '{ __typename }', extensions: 7 },
  { query: '{ __typename }', extensions: { persistedQuery: { version: 9, sha256Hash: 'x' } } },
  {},
])('%j is no request: 400', async (body) => {
  const { status, errors } = await production.post(JSON.stringify(body), JSON_TYPE);
  expect([status, errors![0]!.extensions['code']]).toEqual([400, 'BAD_USER_INPUT']);
});

test('a document known by its hash: 400 while it is not known', async () => {
  const query = '{ __typename }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const unknown = await production.post(JSON.stringify({ extensions }), JSON_TYPE);
  expect([unknown.status, unknown.errors![0]!.extensions['code']]).toEqual([
    400,
    'PERSISTED_QUERY_NOT_FOUND',
  ]);
});

test('nothing of the schema is suggested in production', async () => {
  const { errors } = await production.query(
    'query ($s: OrderStat) { product(sku: 1) { nam } produkt { sku } }',
  );
  expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
  const misspelled = await production.query(
    PLACE,
    input([{ sku: 'A', quantty: 1 }], { paymentMethods: 'x' }),
  );
  expect(misspelled.errors!.length).toBeGreaterThan(1);
  expect(JSON.stringify(misspelled.errors)).not.toMatch(/did you mean|OrderLineInput|by type/i);
});

test('the whole introspection works in development, and so does the page', async () => {
  const { status, errors, data } = await development.query(getIntrospectionQuery());
  expect([status, errors]).toEqual([200, undefined]);
  expect(data.__schema.types.length).toBeGreaterThan(20);
  const page = await fetch(`${development.url}/graphiql`);
  expect(page.headers.get('content-type')).toMatch('text/html');
  const html = await page.text();
  expect(html).toContain('List products');
  expect(html).not.toMatch(/(src|href)="?http/);
  const hidden = await fetch(`${production.url}/graphiql`);
  expect(hidden.status).toBe(404);
});
