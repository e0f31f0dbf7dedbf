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
} from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ADA, mug, order, ORDER_ID, payment } from '../../../libs/graphql/test/answers.ts';
import { askEverything, askWithFailures } from '../../../libs/graphql/test/execution-paths.ts';
import { Twins } from '../../../libs/graphql/test/twins.ts';
import { BffMobileModule } from '../src/bff-mobile.module.ts';
import { examples } from '../src/examples.ts';

const entries = [
  {
    at: '2026-11-21T09:54:33.2Z',
    step: 'reserve stock',
    outcome: 'done' as const,
    detail: null,
    traceId: null,
  },
];
const customer = { id: ADA, email: 'ada@example.com', name: 'Ada', roles: ['customer' as const] };

let twins: Twins;
beforeAll(async () => {
  twins = await Twins.start(BffMobileModule);
});
afterAll(() => twins.stop());
beforeEach(answers);

function answers(): void {
  twins.reset();
  twins
    .on(GetOrders, { orders: [order()] })
    .on(ListOrders, { orders: [order(), order({ status: 'PENDING' })], hasNextPage: true })
    .on(GetProducts, { products: [mug] })
    .on(ListProducts, {
      products: [mug, { ...mug, sku: 'CUP-1', available: 0 }],
      hasNextPage: true,
      totalCount: 2,
    })
    .on(ListCategories, { categories: ['kitchen'] })
    .on(GetPayments, { payments: [payment] })
    .on(GetTimelines, { timelines: [{ orderId: ORDER_ID, entries }] })
    .on(GetCustomers, { customers: [customer] })
    .on(PlaceOrder, { outcome: 'placed', order: order() })
    .on(CancelOrder, { outcome: 'accepted', order: order({ status: 'CANCELLED' }) });
}

it('both paths answer every document of the stories, the schema and the examples with the same bytes', async () => {
  const asked = await askEverything(twins, twins.interpreted.schema, examples);
  expect(asked).toBeGreaterThan(300);
});

it('both paths answer with the same bytes while a service fails', async () => {
  const contracts = [
    GetOrders,
    ListOrders,
    GetProducts,
    ListProducts,
    GetPayments,
    GetTimelines,
    GetCustomers,
    PlaceOrder,
  ];
  await askWithFailures(twins, twins.interpreted.schema, contracts, answers);
});
