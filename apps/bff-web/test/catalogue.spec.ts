import {
  deadlineExceeded,
  Failure,
  GetCustomers,
  GetProducts,
  GetSigningKeys,
  ListProducts,
  Restock,
  unavailable,
} from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';
import { ADA, input, mug } from '../../../libs/graphql/test/answers.ts';

const LIST = `query ($first: Int, $after: String, $search: String, $category: String) {
  products(first: $first, after: $after, search: $search, category: $category) {
    nodes { sku name description category imageUrl price { amountMinor currency formatted } available }
    edges { node { sku } cursor } pageInfo { hasNextPage endCursor } totalCount
} }`;
const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }';
const RESTOCK = 'mutation ($sku: ID!, $n: Int!) { restock(sku: $sku, quantity: $n) { sku available } }';

let bff: Bff;
beforeAll(async () => {
  bff = await Bff.start(BffWebModule);
});
afterAll(() => bff.stop());
beforeEach(() => {
  bff.reset();
  bff.on(ListProducts, { products: [mug], hasNextPage: true, totalCount: 200 });
  bff.on(GetProducts, ({ skus }) => ({ products: skus.includes('MUG-1') ? [mug] : [] }));
});

test('products without a token, page by page', async () => {
  const { data, errors } = await bff.query(LIST, { search: ' mug ', category: 'kitchen' });
  expect(errors).toBeUndefined();
  expect(data.products.nodes).toEqual([
    {
      sku: 'MUG-1',
      name: 'Enamel mug',
      description: 'For tea by the fire.',
      category: 'kitchen',
      imageUrl: '/images/MUG-1.svg',
      price: { amountMinor: 1250, currency: 'EUR', formatted: '€12.50' },
      available: 7,
    },
  ]);
  const { endCursor } = data.products.pageInfo;
  expect(data.products).toMatchObject({
    edges: [{ node: { sku: 'MUG-1' }, cursor: endCursor }],
    pageInfo: { hasNextPage: true },
    totalCount: 200,
  });
  expect(bff.asked.at(-1)?.data).toEqual({ first: 20, search: 'mug', category: 'kitchen' });
  await bff.query(LIST, { first: 100, after: endCursor });
  expect(bff.asked.at(-1)?.data).toEqual({ first: 100, after: endCursor });
});

test('equal questions of one moment are asked once, others each', async () => {
  const page = 'nodes { sku }';
  const { data } = await bff.query(
    `{ a: products { ${page} } b: products { ${page} } c: products(first: 1) { ${page} } }`,
  );
  expect(data.b).toEqual(data.a);
  expect(bff.asked.map((question) => question.data)).toEqual([{ first: 20 }, { first: 1 }]);
  await bff.query(`{ products { ${page} } }`);
  expect(bff.asked).toHaveLength(3);
});

test.each([
  { first: 0 },
  { first: -1 },
  { first: 101 },
  { first: 1e9 },
  { after: 'nonsense!' },
  { search: 'x'.repeat(300) },
  { search: 'a\u0000b' },
])('refused: %j', async (variables) => {
  const { errors } = await bff.query(LIST, variables);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(bff.asked).toEqual([]);
});

test('a product, one that is not there, and one that cannot be', async () => {
  const query =
    '{ a: product(sku: "MUG-1") { name } b: product(sku: "NO") { name } c: product(sku: "") { name } }';
  expect((await bff.query(query)).data).toEqual({ a: { name: 'Enamel mug' }, b: null, c: null });
  expect(bff.asked).toHaveLength(1);
});

test('inventory down: null, marked, within the deadline that came along', async () => {
  bff.on(GetProducts, unavailable('inventory'));
  const headers = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'x-timeout-ms': '900',
  };
  const { status, data, errors } = await bff.query(
    '{ product(sku: "MUG-1") { name } }',
    {},
    undefined,
    headers,
  );
  expect(status).toBe(200);
  expect(data).toEqual({ product: null });
  expect(errors).toMatchObject([
    { path: ['product'], extensions: { code: 'UNAVAILABLE', traceId: '0af7651916cd43dd8448eb211c80319c' } },
  ]);
  expect(bff.asked[0]!.trace).toContain('0af7651916cd43dd8448eb211c80319c');
  expect(bff.asked[0]!.ttl).toBeLessThanOrEqual(900);
});

test('silence of a service that only tells is its absence, until the time of the whole request is over', async () => {
  bff.on(GetProducts, deadlineExceeded('inventory'));
  const query = '{ product(sku: "MUG-1") { name } }';
  const silent = await bff.query(query);
  expect(silent.errors).toMatchObject([{ path: ['product'], extensions: { code: 'UNAVAILABLE' } }]);
  const late = await bff.query(query, {}, undefined, { 'x-timeout-ms': '-1' });
  expect(late.errors).toMatchObject([{ path: ['product'], extensions: { code: 'DEADLINE_EXCEEDED' } }]);
});

test('everything but the catalogue is closed without a token', async () => {
  const closed = ['{ me { id } }', '{ orders { nodes { id } } }', '{ order(id: "1") { id } }'];
  const mutations = [
    'mutation { cancelOrder(id: "1") { __typename } }',
    'mutation { restock(sku: "A", quantity: 1) { sku } }',
  ];
  for (const query of [...closed, ...mutations]) {
    const { errors } = await bff.query(query);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
  expect(bff.asked).toEqual([]);
});

test('a token that is not to be believed is refused, on public fields too', async () => {
  const good = await bff.token(ADA);
  const forged = `${good.slice(0, -4)}AAAA`;
  for (const authorization of [`Bearer ${forged}`, 'Bearer', 'Basic YTpi', good]) {
    const { errors } = await bff.query('{ product(sku: "MUG-1") { name } }', {}, undefined, {
      authorization,
    });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});

test('a token that ran out: public fields answer, the others are UNAUTHENTICATED, and the answer says so', async () => {
  const ranOut = await bff.expiredToken(ADA);
  for (const query of ['{ product(sku: "MUG-1") { name } }', '{ __typename }']) {
    const open = await bff.query(query, {}, ranOut);
    expect([open.status, open.errors, open.extensions]).toEqual([200, undefined, { token: 'expired' }]);
  }
  const mixed = await bff.query('{ product(sku: "MUG-1") { name } order(id: "1") { id } }', {}, ranOut);
  expect(mixed).toMatchObject({
    status: 200,
    data: { product: { name: 'Enamel mug' }, order: null },
    errors: [{ path: ['order'], extensions: { code: 'UNAUTHENTICATED' } }],
    extensions: { token: 'expired' },
  });
  for (const query of [
    '{ me { id } }',
    '{ orders { nodes { id } } }',
    'mutation { cancelOrder(id: "1") { __typename } }',
  ]) {
    const closed = await bff.query(query, {}, ranOut);
    expect(closed).toMatchObject({ status: 200, data: null, extensions: { token: 'expired' } });
    expect(closed.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
  const signedIn = await bff.query('{ me { id } }', {}, await bff.token(ADA));
  const anonymous = await bff.query('{ product(sku: "MUG-1") { name } }');
  expect([signedIn.extensions, anonymous.extensions]).toEqual([undefined, undefined]);
});

test('me: the token knows the id and roles, users knows the rest', async () => {
  const token = await bff.token(ADA, 'customer', 'staff');
  const ada = { id: ADA, email: 'ada@example.com', name: 'Ada', roles: ['customer' as const] };
  bff.on(GetCustomers, { customers: [ada] });
  const { data } = await bff.query('{ me { id email name roles } }', {}, token);
  expect(data.me).toEqual({ id: ADA, email: 'ada@example.com', name: 'Ada', roles: ['customer', 'staff'] });
  expect(bff.asked.filter(({ type }) => type === GetCustomers.type)).toHaveLength(1);
  bff.on(GetCustomers, unavailable('users')).on(GetSigningKeys, unavailable('users'));
  const without = await bff.query('{ me { id email roles } }', {}, token);
  expect(without.data.me).toEqual({ id: ADA, email: null, roles: ['customer', 'staff'] });
  expect(without.errors).toMatchObject([{ path: ['me', 'email'], extensions: { code: 'UNAVAILABLE' } }]);
});

test('the gateway is told what failed: operation, field and codes; a refusal that is a result is no failure', async () => {
  bff.on(GetProducts, unavailable('inventory'));
  const told = async (query: string) =>
    JSON.parse((await bff.query(query)).headers.get('x-failed-operation') ?? 'null') as unknown;
  expect(await told('query Shelf { product(sku: "MUG-1") { name } me { id } }')).toEqual({
    operation: 'Shelf',
    field: 'product',
    codes: ['UNAUTHENTICATED'],
  });
  expect(await told('{ product(sku: "MUG-1") { name } }')).toEqual({
    field: 'product',
    codes: ['UNAVAILABLE'],
  });
  expect(await told('{ nothing }')).toMatchObject({ codes: ['GRAPHQL_VALIDATION_FAILED'] });
  expect(await told('{')).toEqual({ codes: ['GRAPHQL_PARSE_FAILED'] });
  expect(await told('{ products { totalCount } }')).toBeNull();
  const wish = { ...input, lines: [] };
  const placed = await bff.query(PLACE, { input: wish }, await bff.token(ADA));
  expect([placed.data?.placeOrder.__typename, placed.headers.get('x-failed-operation')]).toEqual([
    'InvalidOrder',
    null,
  ]);
});

test('restock passes its key on, and tells a key that was used for something else', async () => {
  const KEYED =
    'mutation ($key: ID) { restock(sku: "MUG-1", quantity: 2, idempotencyKey: $key) { sku available } }';
  const staff = await bff.token(ADA, 'customer', 'staff');
  const keys: (string | undefined)[] = [];
  bff.on(Restock, ({ idempotencyKey }) => {
    keys.push(idempotencyKey);
    if (idempotencyKey === 'used') throw new Failure('inventory.restock-conflict', 'This key was used.');
    return { ...mug, available: 17 };
  });
  for (const key of ['k1', null, undefined]) await bff.query(KEYED, { key }, staff);
  expect(keys).toEqual(['k1', undefined, undefined]);
  for (const key of ['', 'x'.repeat(256), 'a\0b', 'used'])
    expect((await bff.query(KEYED, { key }, staff)).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  expect(keys).toEqual(['k1', undefined, undefined, 'used']);
});

test('restock is for staff', async () => {
  bff.on(Restock, { ...mug, available: 17 });
  const customer = await bff.query(RESTOCK, { sku: 'MUG-1', n: 10 }, await bff.token(ADA));
  expect(customer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  const staff = await bff.token(ADA, 'customer', 'staff');
  expect((await bff.query(RESTOCK, { sku: 'MUG-1', n: 10 }, staff)).data.restock).toEqual({
    sku: 'MUG-1',
    available: 17,
  });
  const codeOf = async (variables: object) =>
    (await bff.query(RESTOCK, variables, staff)).errors![0]!.extensions['code'];
  expect(await codeOf({ sku: 'MUG-1', n: 0 })).toBe('BAD_USER_INPUT');
  bff.on(Restock, new Failure('inventory.unknown-sku', 'No such product.'));
  expect(await codeOf({ sku: 'NO', n: 1 })).toBe('NOT_FOUND');
});
