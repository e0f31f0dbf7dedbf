import {
  GetOrders,
  GetPayments,
  GetProducts,
  GetTimelines,
  ListOrders,
  ListProducts,
  PlaceOrder,
  unavailable,
} from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';
import { ADA, input, mug, order, ORDER_ID, payment } from '../../../libs/graphql/test/answers.ts';

const ORDER = `query ($id: ID!) { order(id: $id) {
  id number status placedAt total { amountMinor currency formatted }
  lines { sku name quantity unitPrice { formatted } total { formatted } product { name imageUrl available } }
  payment { status amount { formatted } refunded { amountMinor } method }
  shippingAddress { name line1 line2 city postalCode country }
  timeline { at step outcome detail traceId }
  rejection { code message }
} }`;
const timelines = {
  timelines: [
    {
      orderId: ORDER_ID,
      entries: [
        {
          at: '2026-11-21T09:54:33.200Z',
          step: 'reserve stock',
          outcome: 'done' as const,
          detail: null,
          traceId: null,
        },
      ],
    },
  ],
};

let bff: Bff;
let ada: string;
beforeAll(async () => {
  bff = await Bff.start(BffWebModule);
  ada = await bff.token(ADA);
});
afterAll(() => bff.stop());
beforeEach(() => {
  bff.reset();
  bff
    .on(GetOrders, { orders: [order()] })
    .on(GetProducts, { products: [mug] })
    .on(GetPayments, { payments: [payment] })
    .on(GetTimelines, timelines);
});

test('an order with every field', async () => {
  const { data, errors, status } = await bff.query(ORDER, { id: ORDER_ID }, ada);
  expect(errors).toBeUndefined();
  expect(status).toBe(200);
  expect(data.order).toEqual({
    id: ORDER_ID,
    number: 'C-1001',
    status: 'CONFIRMED',
    placedAt: '2026-11-21T09:54:33.120Z',
    total: { amountMinor: 2500, currency: 'EUR', formatted: '€25.00' },
    lines: [
      {
        sku: 'MUG-1',
        name: 'Enamel mug',
        quantity: 2,
        unitPrice: { formatted: '€12.50' },
        total: { formatted: '€25.00' },
        product: { name: 'Enamel mug', imageUrl: '/images/MUG-1.svg', available: 7 },
      },
    ],
    payment: {
      status: 'CAPTURED',
      amount: { formatted: '€25.00' },
      refunded: { amountMinor: 0 },
      method: 'visa',
    },
    shippingAddress: {
      name: 'Ada',
      line1: '1 Quay',
      line2: null,
      city: 'Cork',
      postalCode: 'T12',
      country: 'IE',
    },
    timeline: [
      { at: '2026-11-21T09:54:33.200Z', step: 'reserve stock', outcome: 'done', detail: null, traceId: null },
    ],
    rejection: null,
  });
});

test('a dispute stands with its payment; a payment without one says so', async () => {
  const dispute = {
    status: 'needs_response',
    reason: 'fraudulent',
    amountMinor: 2500,
    currency: 'EUR',
    openedAt: '2026-11-22T00:00:00.000Z',
    closedAt: null,
  };
  const query = `query($id: ID!) { order(id: $id) {
    payment { dispute { status reason amount { formatted } openedAt closedAt } refunded { amountMinor } } } }`;
  bff.on(GetPayments, { payments: [{ ...payment, refundedMinor: 500, dispute }] });
  const { data } = await bff.query(query, { id: ORDER_ID }, ada);
  const { amountMinor: _, currency: __, ...shown } = dispute;
  expect(data.order.payment).toEqual({
    dispute: { ...shown, amount: { formatted: '€25.00' } },
    refunded: { amountMinor: 500 },
  });
  bff.on(GetPayments, { payments: [payment] });
  expect((await bff.query(query, { id: ORDER_ID }, ada)).data.order.payment.dispute).toBeNull();
});

test('what is asked for in one answer is asked of each service once, of many orders too', async () => {
  const ids = [ORDER_ID, ORDER_ID.replace(/1$/, '2'), ORDER_ID.replace(/1$/, '3')];
  bff.on(ListOrders, { orders: ids.map((id) => order({ id })), hasNextPage: true });
  const query = `{ orders(first: 3) {
    nodes { payment { status } timeline { step } lines { product { name } } }
    edges { cursor node { payment { status } } }
    pageInfo { hasNextPage endCursor }
  } }`;
  const { data, errors } = await bff.query(query, {}, ada);
  expect(errors).toBeUndefined();
  expect(data.orders.nodes).toHaveLength(3);
  expect(data.orders.edges[2].cursor).toBe(data.orders.pageInfo.endCursor);
  const types = bff.asked.map(({ type }) => type).filter((type) => type !== 'users.get-signing-keys');
  expect(types.sort()).toEqual([
    'inventory.get-products',
    'orders.get-timelines',
    'orders.list-orders',
    'payments.get-payments',
  ]);
  await bff.query(
    `query ($c: String) { orders(after: $c) { nodes { id } } }`,
    { c: data.orders.pageInfo.endCursor },
    ada,
  );
  expect(bff.asked.at(-1)?.data).toMatchObject({ after: ids[2], first: 20, customerId: ADA });
});

test("another customer's order and an id that is none are null, and never an error", async () => {
  bff.on(GetOrders, { orders: [] });
  expect(await bff.query(ORDER, { id: ORDER_ID }, ada)).toMatchObject({ status: 200, data: { order: null } });
  expect(await bff.query(ORDER, { id: "1' OR 1=1" }, ada)).toMatchObject({
    status: 200,
    data: { order: null },
  });
  expect(bff.asked.filter(({ type }) => type === GetOrders.type)).toHaveLength(1);
});

test('with payments, inventory and the timeline down the rest of the order is there and each gap is marked', async () => {
  bff.on(GetPayments, unavailable('payments')).on(GetProducts, unavailable('inventory'));
  bff.on(GetTimelines, unavailable('orders'));
  const { data, errors, status } = await bff.query(ORDER, { id: ORDER_ID }, ada);
  expect(status).toBe(200);
  expect(data.order).toMatchObject({
    status: 'CONFIRMED',
    payment: null,
    timeline: [],
    lines: [{ product: null }],
  });
  const gaps = errors!
    .map(({ path, extensions }) => `${path!.join('.')} ${String(extensions['code'])}`)
    .sort();
  expect(gaps).toEqual([
    'order.lines.0.product UNAVAILABLE',
    'order.payment UNAVAILABLE',
    'order.timeline UNAVAILABLE',
  ]);
});

test('with inventory or orders down the other parts of the query are there, the missing one is empty and marked', async () => {
  const query = '{ me { id } orders { nodes { id } } products { totalCount } }';
  bff.on(ListProducts, unavailable('inventory')).on(ListOrders, { orders: [order()], hasNextPage: false });
  const { data, errors } = await bff.query(query, {}, ada);
  expect(data).toEqual({
    me: { id: ADA },
    orders: { nodes: [{ id: ORDER_ID }] },
    products: { totalCount: 0 },
  });
  expect(errors).toMatchObject([{ path: ['products'], extensions: { code: 'UNAVAILABLE' } }]);
  bff.on(ListOrders, unavailable('orders'));
  const both = await bff.query(query, {}, ada);
  expect(both.data).toEqual({ me: { id: ADA }, orders: { nodes: [] }, products: { totalCount: 0 } });
  expect(both.errors!.map(({ path }) => path)).toEqual([['orders'], ['products']]);
  const alone = await bff.query('{ products { totalCount } }');
  expect([alone.data, alone.errors![0]!.extensions['code']]).toEqual([null, 'UNAVAILABLE']);
});

test('a placed order is told even when its timeline cannot be', async () => {
  bff.on(PlaceOrder, { outcome: 'placed', order: order() }).on(GetTimelines, unavailable('orders'));
  const mutation = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { ... on Order { id timeline { step } } } }`;
  const { data, errors } = await bff.query(mutation, { input }, ada);
  expect(data.placeOrder).toEqual({ id: ORDER_ID, timeline: [] });
  expect(errors).toMatchObject([{ path: ['placeOrder', 'timeline'], extensions: { code: 'UNAVAILABLE' } }]);
});

test('one request never sees what was loaded for another', async () => {
  await bff.query(ORDER, { id: ORDER_ID }, ada);
  await bff.query(ORDER, { id: ORDER_ID }, await bff.token('0193a1b2-0000-7000-8000-00000000000b'));
  const asked = bff.asked.filter(({ type }) => type === GetOrders.type);
  expect(asked.map(({ data }) => data.customerId.slice(-1))).toEqual(['a', 'b']);
});
