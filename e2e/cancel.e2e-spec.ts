import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { type Customer, newCustomer } from './client.ts';
import { ledgerOf, paid, UNTOUCHED } from './ledger.ts';
import {
  buy,
  orderFor,
  orderOf,
  orderWithPayment,
  ownProduct,
  place,
  placeAndWait,
  stockOf,
} from './shop.ts';

interface Cancelled {
  __typename: 'Order' | 'NotCancellable';
  id?: string;
  status: string;
  message?: string;
}

async function cancel(customer: Customer, id: string): Promise<Cancelled> {
  const mutation = `mutation ($id: ID!) { cancelOrder(id: $id) { __typename
    ... on Order { id status } ... on NotCancellable { status message } } }`;
  return (await customer.web<{ cancelOrder: Cancelled }>(mutation, { id })).cancelOrder;
}

describe('Cancelling', () => {
  it('gives back the money of a paid order, once and all of it, and the pieces', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const id = await buy(customer, { [product.sku]: 2 });
    const total = 2 * product.price.amountMinor;
    await orderWithPayment(customer, id, 'CAPTURED');
    expect(await cancel(customer, id)).toMatchObject({ __typename: 'Order', id });
    const order = await orderWithPayment(customer, id, 'REFUNDED');
    expect(order.payment).toMatchObject({
      amount: { amountMinor: total },
      refunded: { amountMinor: total },
    });
    await eventually(async () => expect((await orderOf(customer, id))?.status).toBe('CANCELLED'));
    expect(await ledgerOf(id)).toEqual({ ...paid(total), refunded: total, refunds: 1 });
    expect(await stockOf(product.sku)).toBe(product.available);
  });

  it('has its effect once, however often it is asked for', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const id = await buy(customer, { [product.sku]: 1 });
    const answers = await Promise.all([cancel(customer, id), cancel(customer, id), cancel(customer, id)]);
    answers.push(await cancel(customer, id));
    expect(answers.map(({ __typename }) => __typename)).toEqual(answers.map(() => 'Order'));
    await eventually(async () => expect((await orderOf(customer, id))?.status).toBe('CANCELLED'));
    const { authorizations, authorized, captured, refunded, refunds, voided } = await ledgerOf(id);
    expect([authorizations, authorized]).toEqual([1, product.price.amountMinor]);
    expect(captured - refunded).toBe(0);
    expect(refunds).toBeLessThanOrEqual(1);
    expect(captured + voided).toBe(product.price.amountMinor);
    expect(await stockOf(product.sku)).toBe(product.available);
  });

  it('stops an order that is still on its way, and no money stays taken', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 1 }, { paymentMethod: 'pm_sandbox_slow' });
    const placed = await place(customer, input);
    expect(placed.__typename).toBe('Order');
    expect(await cancel(customer, placed.id!)).toMatchObject({ __typename: 'Order', id: placed.id });
    await eventually(
      async () => expect((await orderOf(customer, placed.id!))?.status).toBe('CANCELLED'),
      20_000,
    );
    await eventually(async () => {
      const { authorized, captured, refunded, voided } = await ledgerOf(placed.id!);
      expect(captured - refunded).toBe(0);
      expect(authorized - captured - voided).toBe(0);
    });
    await eventually(async () => expect(await stockOf(product.sku)).toBe(product.available));
  });

  it('is refused for an order that was rejected', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const paymentMethod = 'pm_card_visa_chargeDeclined';
    const { orderId } = await placeAndWait(customer, orderFor({ [product.sku]: 1 }, { paymentMethod }));
    expect(await cancel(customer, orderId!)).toEqual({
      __typename: 'NotCancellable',
      status: 'REJECTED',
      message: expect.any(String),
    });
    expect(await ledgerOf(orderId!)).toEqual(UNTOUCHED);
  });
});
