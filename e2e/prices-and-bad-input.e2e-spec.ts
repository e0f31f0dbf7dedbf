import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { guest, newCustomer, staff } from './client.ts';
import { ledgerOf, UNTOUCHED } from './ledger.ts';
import { TRACE_ID } from './shapes.ts';
import { ADDRESS, type OrderInput, orderFor, ownProduct, place, placeAndWait, stockOf } from './shop.ts';

const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }';

describe('A price from a client', () => {
  it('does not exist, wherever it is put', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 1 });
    const cheap = { sku: product.sku, quantity: 1, unitPrice: 1, price: 1, amountMinor: 1 };
    for (const tried of [
      { ...input, total: 1 },
      { ...input, lines: [cheap] },
    ]) {
      const { status, body } = await customer.askWeb(PLACE, { input: tried });
      expect([status, body.data]).toEqual([400, undefined]);
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    const { body } = await customer.askMobile(
      'mutation ($input: CheckoutInput!) { checkout(input: $input) { ok } }',
      {
        input: {
          idempotencyKey: randomUUID(),
          items: [cheap],
          paymentMethod: 'pm_card_visa',
          address: ADDRESS,
        },
      },
    );
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(await stockOf(product.sku)).toBe(product.available);
  });
});

describe('An order that cannot be meant', () => {
  it('is InvalidOrder with the path of what is wrong, and has no effect', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const { sku } = product;
    const many = Array.from({ length: 51 }, (_, n) => ({ sku: `no-such-thing-${n}`, quantity: 1 }));
    const wrong: [Partial<OrderInput>, RegExp][] = [
      [{ lines: [] }, /^lines$/],
      [{ lines: many }, /^lines$/],
      [{ lines: [{ sku, quantity: 0 }] }, /^lines\.0\.quantity$/],
      [{ lines: [{ sku, quantity: -1 }] }, /^lines\.0\.quantity$/],
      [{ lines: [{ sku, quantity: 1001 }] }, /^lines\.0\.quantity$/],
      [{ lines: [600, 401].map((quantity) => ({ sku, quantity })) }, /^lines\.1\.quantity$/],
      [{ lines: [{ sku: 'no-such-thing', quantity: 1 }] }, /^lines\.0\.sku$/],
      [{ paymentMethod: '' }, /^paymentMethod$/],
      [{ shippingAddress: { ...ADDRESS, city: '' } }, /^shippingAddress\.city$/],
      [{ shippingAddress: { ...ADDRESS, name: 'a\u0007b' } }, /^shippingAddress\.name$/],
    ];
    for (const [further, path] of wrong) {
      const placed = await place(customer, orderFor({ [sku]: 1 }, further));
      expect(placed.__typename).toBe('InvalidOrder');
      expect(placed.issues).toEqual([{ path: expect.stringMatching(path), message: expect.any(String) }]);
    }
    const nul = orderFor({ [sku]: 1 }, { shippingAddress: { ...ADDRESS, name: 'a\u0000b' } });
    expect((await customer.askWeb(PLACE, { input: nul })).status).toBe(400);
    const { orders } = await customer.web<{ orders: { nodes: object[] } }>('{ orders { nodes { id } } }');
    expect(orders.nodes).toEqual([]);
    expect(await stockOf(sku)).toBe(product.available);
  });

  it('with an unknown payment method is invalid and takes nothing', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const unknown = { paymentMethod: 'pm_of_the_moon' };
    const placed = await placeAndWait(customer, orderFor({ [product.sku]: 1 }, unknown));
    expect(placed.__typename).toBe('InvalidOrder');
    expect(placed.issues).toEqual([{ path: 'paymentMethod', message: expect.any(String) }]);
    const { orders } = await customer.web<{ orders: { nodes: { id: string; status: string }[] } }>(
      '{ orders { nodes { id status } } }',
    );
    expect(orders.nodes).toEqual([{ id: expect.any(String), status: 'REJECTED' }]);
    const [order] = orders.nodes;
    expect(await ledgerOf(order!.id)).toEqual(UNTOUCHED);
    await eventually(async () => expect(await stockOf(product.sku)).toBe(product.available));
  });
});

describe('A GraphQL request that cannot be understood', () => {
  it.each([
    ['a parse error', '{ products(', 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', '{ products { secrets } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an argument of another type',
      '{ products(first: "many") { totalCount } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('is told as such: %s', async (_, query, code) => {
    for (const answer of [await guest().askWeb(query), await guest().askMobile(query)]) {
      expect(answer.status).toBe(400);
      expect(answer.body.errors?.[0]?.extensions).toEqual({ code, traceId: TRACE_ID });
    }
  });

  it('is told as such: a persisted query that nobody has sent', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
    const { body } = await guest().post<{ errors: { extensions: object }[] }>('/web/graphql', { extensions });
    expect(body.errors[0]?.extensions).toEqual({ code: 'PERSISTED_QUERY_NOT_FOUND', traceId: TRACE_ID });
  });

  it('carries on the trace that it came with', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const { body } = await guest().askWeb('{ me { id } }', {}, { traceparent });
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', traceId });
  });
});

describe('Restocking what cannot be restocked', () => {
  it('is refused', async () => {
    const boss = await staff();
    const mutation =
      'mutation ($sku: ID!, $quantity: Int!) { restock(sku: $sku, quantity: $quantity) { sku } }';
    const product = await ownProduct();
    const unknown = await boss.askWeb(mutation, { sku: 'no-such-thing', quantity: 1 });
    expect(unknown.body.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    for (const quantity of [0, -5]) {
      const { body } = await boss.askWeb(mutation, { sku: product.sku, quantity });
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    expect(await stockOf(product.sku)).toBe(product.available);
  });
});
