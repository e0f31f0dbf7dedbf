import {
  GetCustomers,
  GetOrders,
  GetPayments,
  GetProducts,
  GetSigningKeys,
  GetTimelines,
  ListCategories,
  ListOrders,
  ListProducts,
  type Order,
  unavailable,
} from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ADA, mug, order, ORDER_ID, payment } from '../../../libs/graphql/test/answers.ts';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffMobileModule } from '../src/bff-mobile.module.ts';

const HOME = `{ home {
  degraded greeting
  featured { sku name price thumbnailUrl stockLabel }
  activeOrders { id title status total thumbnailUrl placedAt }
} }`;
const ORDER = `query ($id: ID!) { order(id: $id) {
  id title status total totalMinor currency placedAt placedOn lines paymentLabel canCancel progress
} }`;
const PRODUCTS = `query ($first: Int, $after: String, $search: String, $category: String) {
  products(first: $first, after: $after, search: $search, category: $category) {
    items { sku name price priceMinor currency } next
  }
}`;

let bff: Bff;
let ada: string;
beforeAll(async () => {
  bff = await Bff.start(BffMobileModule);
  ada = await bff.token(ADA);
});
afterAll(() => bff.stop());
beforeEach(() => {
  bff.reset();
  bff
    .on(ListProducts, {
      products: [mug, { ...mug, sku: 'TEA-1', available: 0 }],
      hasNextPage: true,
      totalCount: 200,
    })
    .on(GetProducts, { products: [mug] })
    .on(GetCustomers, {
      customers: [{ id: ADA, email: 'ada@example.com', name: 'Ada', roles: ['customer'] }],
    })
    .on(ListOrders, { orders: [order()], hasNextPage: false })
    .on(GetOrders, { orders: [order()] })
    .on(GetPayments, { payments: [payment] })
    .on(GetTimelines, {
      timelines: [
        {
          orderId: ORDER_ID,
          entries: [
            {
              at: '2026-11-21T09:54:33.2Z',
              step: 'reserve stock',
              outcome: 'done',
              detail: null,
              traceId: null,
            },
            {
              at: '2026-11-21T09:54:33.3Z',
              step: 'authorize payment',
              outcome: 'refused',
              detail: 'declined',
              traceId: null,
            },
          ],
        },
      ],
    });
});

test('the first screen of a guest', async () => {
  const { data, errors } = await bff.query(HOME);
  expect(errors).toBeUndefined();
  expect(data.home).toEqual({
    greeting: 'Welcome to Caravan',
    featured: [
      {
        sku: 'MUG-1',
        name: 'Enamel mug',
        price: '€12.50',
        thumbnailUrl: '/images/MUG-1.svg',
        stockLabel: 'IN_STOCK',
      },
      {
        sku: 'TEA-1',
        name: 'Enamel mug',
        price: '€12.50',
        thumbnailUrl: '/images/MUG-1.svg',
        stockLabel: 'SOLD_OUT',
      },
    ],
    activeOrders: [],
    degraded: [],
  });
  expect(bff.asked.map(({ type }) => type)).toEqual([ListProducts.type]);
});

test('the first screen of a customer: name, and the orders that are not settled', async () => {
  const orders: Order[] = [order(), order({ status: 'PENDING' }), order({ status: 'NEEDS_ATTENTION' })];
  bff.on(ListOrders, { orders, hasNextPage: false });
  const { data } = await bff.query(HOME, {}, ada);
  expect(data.home.greeting).toBe('Hello, Ada');
  expect(data.home.activeOrders.map(({ status }: Order) => status)).toEqual(['PENDING', 'NEEDS_ATTENTION']);
  bff.on(ListOrders, { orders: [order()], hasNextPage: false });
  const settled = await bff.query(HOME, {}, ada);
  expect(settled.data.home.activeOrders).toEqual([
    {
      id: ORDER_ID,
      title: 'Enamel mug',
      status: 'CONFIRMED',
      total: '€25.00',
      thumbnailUrl: '/images/MUG-1.svg',
      placedAt: '2026-11-21T09:54:33.120Z',
    },
  ]);
});

test('each part of the first screen may be missing, and is named', async () => {
  bff.on(ListOrders, unavailable('orders'));
  const noOrders = await bff.query(HOME, {}, ada);
  expect(noOrders.errors).toBeUndefined();
  expect(noOrders.data.home).toMatchObject({
    greeting: 'Hello, Ada',
    activeOrders: [],
    degraded: ['activeOrders'],
  });
  bff.on(ListProducts, unavailable('inventory')).on(GetCustomers, unavailable('users'));
  const nothing = await bff.query(HOME, {}, ada);
  expect(nothing.data.home).toEqual({
    greeting: 'Welcome to Caravan',
    featured: [],
    activeOrders: [],
    degraded: ['greeting', 'featured', 'activeOrders'],
  });
});

test('a part that broke for no good reason is an error', async () => {
  bff.on(ListProducts, new Error('a bug'));
  const { errors } = await bff.query('{ home { featured { sku } } }');
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
});

test('while nobody can verify a token, the first screen still has the catalogue', async () => {
  const fresh = await Bff.start(BffMobileModule);
  fresh.on(GetSigningKeys, unavailable('users'));
  fresh.on(ListProducts, { products: [mug], hasNextPage: false, totalCount: 1 });
  const { data } = await fresh.query(HOME, {}, await fresh.token(ADA));
  expect(data.home.featured).toHaveLength(1);
  expect(data.home.degraded).toEqual(['greeting', 'activeOrders']);
  const { errors } = await fresh.query('{ orders { next } }', {}, await fresh.token(ADA));
  expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
  await fresh.stop();
});

test('with a token that ran out, the first screen is a guest\u2019s and says so', async () => {
  const expired = await bff.expiredToken(ADA);
  const { status, data, errors, extensions } = await bff.query(HOME, {}, expired);
  expect([status, errors, extensions]).toEqual([200, undefined, { token: 'expired' }]);
  expect(data.home).toMatchObject({ greeting: 'Welcome to Caravan', activeOrders: [], degraded: [] });
  expect(data.home.featured).toHaveLength(2);
});

test('one product', async () => {
  const { data } = await bff.query('{ product(sku: "MUG-1") { id name price stockLabel } }');
  expect(data.product).toEqual({
    id: 'Product:MUG-1',
    name: 'Enamel mug',
    price: '€12.50',
    stockLabel: 'IN_STOCK',
  });
});

test('the whole catalogue, page by page', async () => {
  const { data } = await bff.query(PRODUCTS, { search: ' mug ', category: 'kitchen' });
  const card = { sku: 'MUG-1', name: 'Enamel mug', price: '€12.50', priceMinor: 1250, currency: 'EUR' };
  expect(data.products.items).toEqual([card, { ...card, sku: 'TEA-1' }]);
  expect(bff.asked.at(-1)?.data).toEqual({ first: 20, search: 'mug', category: 'kitchen' });
  bff.on(ListProducts, { products: [], hasNextPage: false, totalCount: 200 });
  const last = await bff.query(PRODUCTS, { first: 100, after: data.products.next });
  expect(last.data.products).toEqual({ items: [], next: null });
  expect(bff.asked.at(-1)?.data).toEqual({ first: 100, after: data.products.next });
});

test.each([{ first: 0 }, { first: 101 }, { after: 'nonsense!' }, { search: 'x'.repeat(300) }])(
  'a page of %j is refused',
  async (variables) => {
    const { errors } = await bff.query(PRODUCTS, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(bff.asked).toEqual([]);
  },
);

test('the categories', async () => {
  bff.on(ListCategories, { categories: ['garden', 'kitchen'] });
  expect((await bff.query('{ categories }')).data).toEqual({ categories: ['garden', 'kitchen'] });
});

test('texts, amounts and days come in the language that the client prefers', async () => {
  const german = { 'accept-language': 'de-AT, en;q=0.5' };
  const { data, headers } = await bff.query(ORDER, { id: ORDER_ID }, ada, german);
  expect([headers.get('content-language'), headers.get('vary')]).toEqual(['de', 'Accept-Language']);
  expect(data.order).toMatchObject({
    title: 'Bestellung C-1001',
    total: '25,00\u00a0€',
    totalMinor: 2500,
    placedOn: '21. November 2026',
    paymentLabel: '25,00\u00a0€ bezahlt',
    progress: ['Ihre Artikel sind zurückgelegt', 'Ihre Karte wurde abgelehnt'],
  });
  const { headers: others } = await bff.query('{ categories }', {}, undefined, { 'accept-language': 'fr' });
  expect(others.get('content-language')).toBe('en');
});

test('equal questions in two languages are answered each in its own', async () => {
  const greet = async (language: string) =>
    (await bff.query('{ home { greeting } }', {}, undefined, { 'accept-language': language })).data.home;
  const [english, german] = await Promise.all([greet('en'), greet('de')]);
  expect([english.greeting, german.greeting]).toEqual(['Welcome to Caravan', 'Willkommen bei Caravan']);
});

test('orders, page by page', async () => {
  bff.on(ListOrders, { orders: [order()], hasNextPage: true });
  const query = 'query ($after: String) { orders(after: $after) { items { title thumbnailUrl } next } }';
  const { data } = await bff.query(query, {}, ada);
  expect(data.orders.items).toEqual([{ title: 'Enamel mug', thumbnailUrl: '/images/MUG-1.svg' }]);
  bff.on(ListOrders, { orders: [], hasNextPage: false });
  const last = await bff.query(query, { after: data.orders.next }, ada);
  expect(bff.asked.at(-1)?.data).toEqual({ customerId: ADA, first: 10, after: ORDER_ID });
  expect(last.data.orders).toEqual({ items: [], next: null });
});

test('pictures missing: the list is there, each gap is marked', async () => {
  bff.on(GetProducts, unavailable('inventory'));
  const { data, errors } = await bff.query('{ orders { items { title thumbnailUrl } } }', {}, ada);
  expect(data.orders.items).toEqual([{ title: 'Enamel mug', thumbnailUrl: null }]);
  expect(errors).toMatchObject([
    { path: ['orders', 'items', 0, 'thumbnailUrl'], extensions: { code: 'UNAVAILABLE' } },
  ]);
});

test('an order as a screen', async () => {
  const { data, errors } = await bff.query(ORDER, { id: ORDER_ID }, ada);
  expect(errors).toBeUndefined();
  expect(data.order).toEqual({
    id: ORDER_ID,
    title: 'Order C-1001',
    status: 'CONFIRMED',
    total: '€25.00',
    totalMinor: 2500,
    currency: 'EUR',
    placedAt: '2026-11-21T09:54:33.120Z',
    placedOn: '21 November 2026',
    lines: ['2 × Enamel mug'],
    paymentLabel: 'Paid €25.00',
    canCancel: true,
    progress: ['Your items are set aside', 'Your card was declined'],
  });
  bff.on(GetPayments, unavailable('payments')).on(GetTimelines, unavailable('orders'));
  const partial = await bff.query(ORDER, { id: ORDER_ID }, ada);
  expect(partial.data.order).toMatchObject({ status: 'CONFIRMED', progress: [] });
  expect(
    partial.errors!.map(({ path, extensions }) => `${path![1]} ${String(extensions['code'])}`).sort(),
  ).toEqual(['paymentLabel UNAVAILABLE', 'progress UNAVAILABLE']);
  bff.on(GetOrders, { orders: [] });
  expect((await bff.query(ORDER, { id: ORDER_ID }, ada)).data).toEqual({ order: null });
  expect((await bff.query(ORDER, { id: 'x' }, ada)).data).toEqual({ order: null });
});

test('orders are closed without a token', async () => {
  for (const query of [
    '{ orders { next } }',
    '{ order(id: "x") { id } }',
    'mutation { cancelOrder(id: "x") { ok } }',
  ]) {
    expect((await bff.query(query)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});
