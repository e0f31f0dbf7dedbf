import {
  CancelOrder,
  GetCustomers,
  GetOrders,
  GetPayments,
  GetProducts,
  GetTimelines,
  ListCategories,
  ListOrders,
  ListProducts,
  PlaceOrder,
  Restock,
} from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ADA, input, mug, order, ORDER_ID, payment } from '../../../libs/graphql/test/answers.ts';
import { askEverything, askWithFailures } from '../../../libs/graphql/test/execution-paths.ts';
import { Twins } from '../../../libs/graphql/test/twins.ts';
import { BffWebModule } from '../src/bff-web.module.ts';
import { examples } from '../src/examples.ts';

const entries = [
  {
    at: '2026-11-21T09:54:33.200Z',
    step: 'reserve stock',
    outcome: 'done' as const,
    detail: null,
    traceId: null,
  },
];
const customer = { id: ADA, email: 'ada@example.com', name: 'Ada', roles: ['customer' as const] };

let twins: Twins;
beforeAll(async () => {
  twins = await Twins.start(BffWebModule);
});
afterAll(() => twins.stop());
beforeEach(answers);

function answers(): void {
  twins.reset();
  twins
    .on(GetOrders, { orders: [order()] })
    .on(ListOrders, { orders: [order(), order({ status: 'REJECTED' })], hasNextPage: true })
    .on(GetProducts, { products: [mug] })
    .on(ListProducts, {
      products: [mug, { ...mug, sku: 'CUP-1', available: null as never }],
      hasNextPage: false,
      totalCount: 2,
    })
    .on(ListCategories, { categories: ['kitchen'] })
    .on(GetPayments, { payments: [payment] })
    .on(GetTimelines, { timelines: [{ orderId: ORDER_ID, entries }] })
    .on(GetCustomers, { customers: [customer] })
    .on(PlaceOrder, { outcome: 'placed', order: order() })
    .on(CancelOrder, { outcome: 'accepted', order: order({ status: 'CANCELLED' }) })
    .on(Restock, mug);
}

it('both paths answer every document of the stories, the schema and the examples with the same bytes', async () => {
  const asked = await askEverything(twins, twins.interpreted.schema, examples);
  expect(asked).toBeGreaterThan(500);
});

it('both paths answer with the same bytes while a service fails', async () => {
  const contracts = [
    GetOrders,
    GetProducts,
    ListProducts,
    GetPayments,
    GetTimelines,
    GetCustomers,
    PlaceOrder,
  ];
  await askWithFailures(twins, twins.interpreted.schema, contracts, answers);
});

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
  ... on Order { id total { formatted } lines { product { name } } payment { status } timeline { step } }
  ... on OutOfStock { lines { sku available } } ... on PaymentDeclined { code } ... on InvalidOrder { issues { path } }
  ... on IdempotencyConflict { message } } }`;

it.each([
  ['a currency that no amount can be written in', { currency: '!!' }],
  ['a number that is none', { number: null as never }],
  ['a line that is an error', { lines: [new Error('inside')] as never }],
  ['lines that are none', { lines: undefined as never }],
  ['a status that the schema does not have', { status: 'LOST' as never }],
])('both paths answer an order with %s', async (_, changes) => {
  twins.on(GetOrders, { orders: [order(changes)] });
  const query =
    '{ order(id: "' +
    ORDER_ID +
    '") { id status number lines { name total { formatted } product { name } } total { formatted } } me { id } }';
  const { text } = await twins.ask({ query }, { id: ADA });
  expect(text).toContain('"INTERNAL_SERVER_ERROR"');
});

it.each([
  ['placed', { outcome: 'placed', order: order({ status: 'PENDING' }) }],
  ['refused', { outcome: 'conflict' }],
  ['invalid', { outcome: 'invalid', issues: [{ path: 'lines', message: 'too many' }] }],
  ['unknown to the schema', { outcome: 'surprise' }],
])('both paths answer an order that is %s', async (_, reply) => {
  twins.on(PlaceOrder, reply as never);
  await twins.ask({ query: PLACE, variables: { input } }, { id: ADA });
  await twins.ask(
    { query: PLACE, variables: { input: { ...input, lines: [] } } },
    { id: ADA },
    { 'accept-language': 'de' },
  );
});

const NAMED =
  'query A { products { totalCount } } query B($s: Boolean!, $n: Int) { products(first: $n) { nodes { sku @skip(if: $s) name @include(if: $s) } } }';
it.each([
  { query: NAMED, operationName: 'A' },
  { query: NAMED, operationName: 'B', variables: { s: true } },
  { query: NAMED, operationName: 'B', variables: { s: false, n: 1 } },
  { query: NAMED, operationName: 'B', variables: { s: false, n: null } },
  { query: NAMED, operationName: 'B', variables: { s: true, n: 0 } },
  { query: NAMED, operationName: 'B', variables: {} },
  { query: NAMED, operationName: 'C' },
  { query: NAMED, operationName: '' },
  { query: NAMED },
  { query: NAMED, operationName: 7 },
  { query: '{ __typename }', operationName: null, variables: null, extensions: null },
  { query: '{ __typename }', variables: 'text' },
  { query: '{ __typename }', variables: [] },
  { query: '{ __typename }', extensions: 'text' },
  { query: '{ __typename }', extensions: {} },
  { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'none' } } },
  { query: '' },
  { query: 7 },
  {},
  { query: 'query ($a: Int) { products(first: $a) { totalCount } }', variables: { a: 1.5 } },
  {
    query:
      'query ($a: Int = 100) { products(first: $a) { nodes { sku } edges { node { sku } } } orders(first: 100) { nodes { lines { product { sku } } timeline { at } } } }',
  },
  { query: '{ __proto__: __typename constructor: __typename products { toString: totalCount } }' },
  { query: 'mutation { cancelOrder(id: "x") { __typename } }' },
  { query: 'mutation { a: cancelOrder(id: "x") { __typename } b: cancelOrder(id: "x") { __typename } }' },
  { query: 'subscription { products { totalCount } }' },
  {
    query:
      '{ node(id: "Product:MUG-1") { __typename id ... on Product { name } } other: node(id: "nothing") { id } }',
  },
])('both paths answer the request %j', async (question) => {
  for (const accept of ['*/*', 'application/graphql-response+json', 'text/html'])
    for (const asker of [undefined, { id: ADA }]) await twins.ask(question, asker, { accept }, true);
});

it('both paths are the same in production, where the schema is not told', async () => {
  const production = await Twins.start(BffWebModule, { NODE_ENV: 'production' });
  production.on(ListProducts, { products: [mug], hasNextPage: false, totalCount: 1 });
  for (const query of [
    '{ products { totalCount } }',
    '{ __schema { queryType { name } } }',
    '{ prodcts { totalCount } }',
  ])
    await production.ask({ query }, undefined, {}, true);
  await production.ask(
    { query: 'query ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }' },
    { id: ADA },
  );
  await production.stop();
});
