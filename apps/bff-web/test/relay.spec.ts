import {
  GetCustomers,
  GetOrders,
  GetProducts,
  ListOrders,
  ListProducts,
  unavailable,
} from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ADA, mug, order, ORDER_ID } from '../../../libs/graphql/test/answers.ts';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';

const NODE = `query ($id: ID!) { node(id: $id) { __typename id
  ... on Product { sku } ... on Order { number } ... on Customer { email } } }`;
const PAGE_INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor }';

let bff: Bff;
let ada: string;
beforeAll(async () => {
  bff = await Bff.start(BffWebModule);
  ada = await bff.token(ADA);
});
afterAll(() => bff.stop());
beforeEach(() => {
  bff.reset();
  bff.on(ListProducts, { products: [mug, { ...mug, sku: 'MUG-2' }], hasNextPage: false, totalCount: 3 });
  bff.on(ListOrders, { orders: [order()], hasNextPage: false });
  bff.on(GetProducts, ({ skus }) => ({ products: skus.includes('MUG-1') ? [mug] : [] }));
  bff.on(GetOrders, ({ customerId, ids }) => ({
    orders: customerId === ADA && ids.includes(ORDER_ID) ? [order()] : [],
  }));
  bff.on(GetCustomers, {
    customers: [{ id: ADA, email: 'ada@example.com', name: 'Ada', roles: ['customer'] }],
  });
});

describe('node(id:) finds again what an id field named', () => {
  it('a product, without a token', async () => {
    const { data } = await bff.query('{ product(sku: "MUG-1") { id } }');
    const { id } = data.product;
    expect((await bff.query(NODE, { id })).data.node).toEqual({ __typename: 'Product', id, sku: 'MUG-1' });
  });

  it('an order and the customer, for the one whose they are', async () => {
    const { data } = await bff.query(`{ order(id: "${ORDER_ID}") { id } me { id } }`, {}, ada);
    expect([data.order.id, data.me.id]).toEqual([ORDER_ID, ADA]);
    const found = async (id: string) => (await bff.query(NODE, { id }, ada)).data.node as unknown;
    expect(await found(ORDER_ID)).toEqual({ __typename: 'Order', id: ORDER_ID, number: 'C-1001' });
    expect(await found(ADA)).toEqual({ __typename: 'Customer', id: ADA, email: 'ada@example.com' });
  });

  it("and nothing of another customer's, nor what no id field ever named", async () => {
    const eve = '0193a1b2-0000-7000-8000-00000000000e';
    const token = await bff.token(eve);
    const ids = [
      ORDER_ID,
      ADA,
      'MUG-1',
      'Product:NO',
      'Product:',
      'product:MUG-1',
      'Order:1',
      '',
      'x'.repeat(9_000),
    ];
    for (const id of ids) {
      const { data, errors } = await bff.query(NODE, { id }, token);
      expect([id.slice(0, 40), data?.node, errors]).toEqual([id.slice(0, 40), null, undefined]);
    }
  });

  it('only with a token, where it may belong to a customer; an outage is not a missing token', async () => {
    for (const token of [undefined, await bff.expiredToken(ADA)]) {
      const { data, errors } = await bff.query(NODE, { id: ORDER_ID }, token);
      expect(data).toEqual({ node: null });
      expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'UNAUTHENTICATED' } }]);
    }
    bff.on(GetOrders, unavailable('orders'));
    const { errors } = await bff.query(NODE, { id: ORDER_ID }, ada);
    expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'UNAVAILABLE' } }]);
  });
});

describe('pageInfo has all that connections of Relay need', () => {
  it.each(['products', 'orders'])('of %s', async (list) => {
    const { data } = await bff.query(`{ ${list} { ${PAGE_INFO} } }`, {}, ada);
    const { pageInfo, edges } = data[list];
    expect(pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges.at(-1).cursor,
    });
    const query = `query ($after: String) { ${list}(after: $after) { ${PAGE_INFO} } }`;
    const next = await bff.query(query, { after: pageInfo.startCursor }, ada);
    expect(next.data[list].pageInfo.hasPreviousPage).toBe(true);
  });

  it('of a page without anything on it', async () => {
    bff.on(ListProducts, { products: [], hasNextPage: false, totalCount: 0 });
    const { data } = await bff.query(`{ products { ${PAGE_INFO} } }`);
    expect(data.products.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});
