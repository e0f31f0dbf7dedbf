import {
  GetCustomers,
  GetOrders,
  GetPayments,
  GetProducts,
  GetSigningKeys,
  GetTimelines,
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
const ORDER = `query ($id: ID!) { order(id: $id) { id title status total lines paymentLabel canCancel progress } }`;

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
              outcome: 'failed',
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

test('one product', async () => {
  const { data } = await bff.query('{ product(sku: "MUG-1") { name price stockLabel } }');
  expect(data.product).toEqual({ name: 'Enamel mug', price: '€12.50', stockLabel: 'IN_STOCK' });
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
    lines: ['2 × Enamel mug'],
    paymentLabel: 'Paid €25.00',
    canCancel: true,
    progress: ['Reserve stock: done', 'Authorize payment: failed (declined)'],
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
