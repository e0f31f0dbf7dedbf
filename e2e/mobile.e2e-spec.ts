import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { type Customer, guest, newCustomer } from './client.ts';
import { ledgerOf, paid, UNTOUCHED } from './ledger.ts';
import { type OrderInput, orderFor, orderWithPayment, ownProduct, stockOf } from './shop.ts';

interface Badge {
  id: string;
  title: string;
  status: string;
  total: string;
}
interface Outcome {
  ok: boolean;
  code: string;
  message: string;
  order: Badge | null;
}

const OUTCOME = '{ ok code message order { id title status total } }';

async function checkout(customer: Customer, input: OrderInput): Promise<Outcome> {
  const { lines: items, shippingAddress: address, ...rest } = input;
  const mutation = `mutation ($input: CheckoutInput!) { checkout(input: $input) ${OUTCOME} }`;
  const variables = { input: { ...rest, items, address } };
  return (await customer.mobile<{ checkout: Outcome }>(mutation, variables)).checkout;
}

const checkoutAndWait = (customer: Customer, input: OrderInput): Promise<Outcome> =>
  eventually(async () => {
    const outcome = await checkout(customer, input);
    if (outcome.code === 'PENDING') throw new Error('It is on its way');
    return outcome;
  });

async function cancel(customer: Customer, id: string): Promise<Outcome> {
  const mutation = `mutation ($id: ID!) { cancelOrder(id: $id) ${OUTCOME} }`;
  return (await customer.mobile<{ cancelOrder: Outcome }>(mutation, { id })).cancelOrder;
}

async function screen(customer: Customer, id: string) {
  const query = `query ($id: ID!) { order(id: $id) { status paymentLabel canCancel progress lines total } }`;
  interface Screen {
    order: { status: string; paymentLabel: string; canCancel: boolean; progress: string[]; lines: string[] };
  }
  return (await customer.mobile<Screen>(query, { id })).order;
}

describe('On the phone', () => {
  it('guests see the first screen in one trip', async () => {
    const { home } = await guest().mobile<{ home: { featured: { sku: string }[]; greeting: string } }>(
      '{ home { greeting featured { sku price stockLabel } activeOrders { id } degraded } }',
    );
    expect(home).toMatchObject({ activeOrders: [], degraded: [] });
    expect(home.greeting).not.toBe('');
    expect(home.featured.length).toBeGreaterThan(0);
  });

  it('an order is confirmed, paid, shown, cancelled and paid back', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const total = 2 * product.price.amountMinor;
    const bought = await checkoutAndWait(customer, orderFor({ [product.sku]: 2 }));
    expect(bought).toMatchObject({ ok: true, code: 'CONFIRMED', order: { status: 'CONFIRMED' } });
    expect(bought.order?.title).toContain(product.name);
    const id = bought.order!.id;
    await orderWithPayment(customer, id, 'CAPTURED');
    expect(await ledgerOf(id)).toEqual(paid(total));

    const { home } = await customer.mobile<{ home: { activeOrders: Badge[] } }>(
      '{ home { activeOrders { id status } } }',
    );
    expect(home.activeOrders).toEqual([{ id, status: 'CONFIRMED' }]);
    expect(await screen(customer, id)).toMatchObject({
      status: 'CONFIRMED',
      canCancel: true,
      total: bought.order!.total,
      lines: [`2 × ${product.name}`],
    });

    expect(await cancel(customer, id)).toMatchObject({ ok: true, code: 'CANCELLED', order: { id } });
    await eventually(async () =>
      expect(await screen(customer, id)).toMatchObject({ status: 'CANCELLED', canCancel: false }),
    );
    expect(await ledgerOf(id)).toEqual({ ...paid(total), refunded: total, refunds: 1 });
    expect(await stockOf(product.sku)).toBe(product.available);
  });

  it('a declined card is told as such and takes nothing', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const paymentMethod = 'pm_card_visa_chargeDeclined';
    const outcome = await checkoutAndWait(customer, orderFor({ [product.sku]: 1 }, { paymentMethod }));
    expect(outcome).toMatchObject({ ok: false, code: 'PAYMENT_DECLINED', order: { status: 'REJECTED' } });
    expect(await ledgerOf(outcome.order!.id)).toEqual(UNTOUCHED);
    await eventually(async () => expect(await stockOf(product.sku)).toBe(product.available));
    expect(await cancel(customer, outcome.order!.id)).toMatchObject({ ok: false, code: 'NOT_CANCELLABLE' });
  });

  it('more than there is is told as such and charges nothing', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct(1, 999)];
    const outcome = await checkoutAndWait(customer, orderFor({ [product.sku]: product.available + 1 }));
    expect(outcome).toMatchObject({ ok: false, code: 'OUT_OF_STOCK', order: { status: 'REJECTED' } });
    expect(await ledgerOf(outcome.order!.id)).toEqual(UNTOUCHED);
    expect(await stockOf(product.sku)).toBe(product.available);
  });

  it('the same key is the same order, and with other input a conflict', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 1 });
    const first = await checkoutAndWait(customer, input);
    expect(await checkout(customer, input)).toEqual(first);
    const other = { ...input, lines: [{ sku: product.sku, quantity: 2 }] };
    expect(await checkout(customer, other)).toMatchObject({ ok: false, code: 'CONFLICT', order: null });
    expect(await stockOf(product.sku)).toBe(product.available - 1);
  });

  it('what cannot be ordered is invalid, with words that help', async () => {
    const customer = await newCustomer();
    for (const input of [orderFor({}), orderFor({ 'no-such-thing': 1 })]) {
      const outcome = await checkout(customer, input);
      expect(outcome).toMatchObject({ ok: false, code: 'INVALID', order: null });
      expect(outcome.message).toMatch(/items/);
    }
  });

  it('orders come page by page, newest first', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const ids: string[] = [];
    for (let n = 0; n < 3; n++)
      ids.unshift((await checkoutAndWait(customer, orderFor({ [product.sku]: 1 }))).order!.id);
    const query = 'query ($after: String) { orders(first: 2, after: $after) { items { id } next } }';
    interface Page {
      orders: { items: { id: string }[]; next: string | null };
    }
    const { orders: first } = await customer.mobile<Page>(query);
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const { orders: last } = await customer.mobile<Page>(query, { after: first.next });
    expect(last).toEqual({ items: [{ id: ids[2] }], next: null });
  });

  it('a product says how much of it is left', async () => {
    const query = 'query ($sku: ID!) { product(sku: $sku) { sku stockLabel price } }';
    const product = await ownProduct();
    expect(await guest().mobile(query, { sku: product.sku })).toEqual({
      product: { sku: product.sku, stockLabel: 'IN_STOCK', price: product.price.formatted },
    });
    expect(await guest().mobile(query, { sku: 'no-such-thing' })).toEqual({ product: null });
  });
});
