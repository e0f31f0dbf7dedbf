import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { newCustomer } from './client.ts';
import { ledgerOf, paid } from './ledger.ts';
import {
  type Money,
  orderFor,
  orderOf,
  orderWithPayment,
  ownProduct,
  place,
  placeAndWait,
  stockOf,
} from './shop.ts';

const sum = (amounts: Money[]): number => amounts.reduce((total, { amountMinor }) => total + amountMinor, 0);

describe('A checkout', () => {
  it('is confirmed, paid to the cent, and takes the pieces from the shelf', async () => {
    const [customer, one, other] = [await newCustomer(), await ownProduct(), await ownProduct()];
    const total = 2 * one.price.amountMinor + 3 * other.price.amountMinor;
    const placed = await placeAndWait(customer, orderFor({ [one.sku]: 2, [other.sku]: 3 }));
    expect(placed).toMatchObject({ __typename: 'Order', status: 'CONFIRMED', total: { amountMinor: total } });

    const order = await orderWithPayment(customer, placed.id!, 'CAPTURED');
    expect(order).toMatchObject({
      id: placed.id,
      status: 'CONFIRMED',
      rejection: null,
      payment: { amount: { amountMinor: total, currency: 'EUR' }, refunded: { amountMinor: 0 } },
      lines: [
        { sku: one.sku, name: one.name, quantity: 2, unitPrice: one.price },
        { sku: other.sku, name: other.name, quantity: 3, unitPrice: other.price },
      ],
    });
    expect(sum(order.lines.map((line) => line.total))).toBe(order.total.amountMinor);
    expect(await ledgerOf(order.id)).toEqual(paid(total));
    expect(await stockOf(one.sku)).toBe(one.available - 2);
    expect(await stockOf(other.sku)).toBe(other.available - 3);
  });

  it('tells its story in order, under the trace of the request that began it', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await customer.askWeb<{ placeOrder: { id: string } }>(
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { ... on Order { id } } }',
      { input: orderFor({ [product.sku]: 1 }) },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    );
    const timeline = await eventually(async () => {
      const order = await orderOf(customer, answer.body.data!.placeOrder.id);
      const steps = [...new Set(order?.timeline.map(({ step }) => step))].join();
      expect(steps).toMatch(/reserve stock.*authorize payment.*confirm order.*capture payment/);
      return order!.timeline;
    });
    const times = timeline.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(timeline.map((entry) => entry.traceId)).toEqual(timeline.map(() => traceId));
  });

  it('merges the same sku', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const lines = [1, 2].map((quantity) => ({ sku: product.sku, quantity }));
    const placed = await placeAndWait(customer, orderFor({}, { lines }));
    expect(placed.status).toBe('CONFIRMED');
    expect((await orderOf(customer, placed.id!))?.lines).toMatchObject([{ sku: product.sku, quantity: 3 }]);
    expect(await stockOf(product.sku)).toBe(product.available - 3);
  });

  it.each(['pm_card_visa', 'pm_card_mastercard'])('is paid with %s', async (paymentMethod) => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const placed = await placeAndWait(customer, orderFor({ [product.sku]: 1 }, { paymentMethod }));
    await orderWithPayment(customer, placed.id!, 'CAPTURED');
    expect(await ledgerOf(placed.id!)).toEqual(paid(product.price.amountMinor));
  });

  it.each(['pm_sandbox_slow', 'pm_sandbox_flaky', 'pm_sandbox_lost_answer'])(
    'is answered at once and paid once in the end with %s',
    async (paymentMethod) => {
      const [customer, product] = [await newCustomer(), await ownProduct()];
      const placed = await place(customer, orderFor({ [product.sku]: 1 }, { paymentMethod }));
      expect(placed.__typename).toBe('Order');
      await orderWithPayment(customer, placed.id!, 'CAPTURED');
      expect((await orderOf(customer, placed.id!))?.status).toBe('CONFIRMED');
      expect(await ledgerOf(placed.id!)).toEqual(paid(product.price.amountMinor));
      expect(await stockOf(product.sku)).toBe(product.available - 1);
    },
  );

  it('shows up first among the customer’s orders, page by page', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const numbers: string[] = [];
    for (let n = 0; n < 3; n++)
      numbers.unshift((await placeAndWait(customer, orderFor({ [product.sku]: 1 }))).number!);
    const query = `query ($after: String) { orders(first: 2, after: $after) {
      nodes { number } edges { cursor node { number } } pageInfo { hasNextPage endCursor } } }`;
    interface Page {
      orders: {
        nodes: { number: string }[];
        edges: { cursor: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    }
    const first = (await customer.web<Page>(query)).orders;
    expect(first.nodes.map(({ number }) => number)).toEqual(numbers.slice(0, 2));
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: first.edges.at(-1)?.cursor });
    const last = (await customer.web<Page>(query, { after: first.pageInfo.endCursor })).orders;
    expect(last.nodes.map(({ number }) => number)).toEqual(numbers.slice(2));
    expect(last.pageInfo.hasNextPage).toBe(false);
  });
});
