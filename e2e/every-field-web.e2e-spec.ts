import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { type Customer, newCustomer, staff } from './client.ts';
import { contractOf, everyField } from './contract.ts';
import { INSTANT, MONEY, TEXT, TRACE_ID, URL_OR_PATH } from './shapes.ts';
import { ADDRESS, buy, orderFor, orderWithPayment, ownProduct, type Product } from './shop.ts';

let customer: Customer;
let product: Product;
let id: string;

beforeAll(async () => {
  [customer, product] = [await newCustomer(), await ownProduct()];
  id = await buy(customer, { [product.sku]: 2 });
  await orderWithPayment(customer, id, 'CAPTURED');
});

describe('Every field of the web API answers', () => {
  const all = (type: string): string => everyField(contractOf('web'), type);

  const wholeProduct = () => ({
    id: `Product:${product.sku}`,
    sku: product.sku,
    name: product.name,
    description: TEXT,
    category: product.category,
    imageUrl: URL_OR_PATH,
    price: MONEY,
    available: expect.any(Number),
  });
  const wholeOrder = () => ({
    id,
    number: TEXT,
    status: 'CONFIRMED',
    placedAt: INSTANT,
    lines: [
      {
        product: wholeProduct(),
        sku: product.sku,
        name: product.name,
        quantity: 2,
        unitPrice: product.price,
        total: { ...MONEY, amountMinor: 2 * product.price.amountMinor },
      },
    ],
    total: { ...MONEY, amountMinor: 2 * product.price.amountMinor },
    payment: { status: 'CAPTURED', amount: MONEY, refunded: { ...MONEY, amountMinor: 0 }, method: TEXT },
    shippingAddress: ADDRESS,
    timeline: expect.arrayContaining([
      { at: INSTANT, step: TEXT, outcome: TEXT, detail: null, traceId: TRACE_ID },
    ]),
    rejection: null,
  });

  it('products, product', async () => {
    const data = await customer.web<object>(
      `query ($sku: ID!) { products(first: 1) ${all('ProductConnection')} product(sku: $sku) ${all('Product')} }`,
      { sku: product.sku },
    );
    const some = { ...wholeProduct(), id: TEXT, sku: TEXT, name: TEXT, category: TEXT };
    expect(data).toEqual({
      product: wholeProduct(),
      products: {
        nodes: [some],
        edges: [{ node: some, cursor: TEXT }],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: TEXT, endCursor: TEXT },
        totalCount: expect.any(Number),
      },
    });
  });

  it('order, orders, me', async () => {
    const data = await customer.web<object>(
      `query ($id: ID!) { order(id: $id) ${all('Order')} orders(first: 5) ${all('OrderConnection')} me ${all('Customer')} }`,
      { id },
    );
    expect(data).toEqual({
      order: wholeOrder(),
      orders: {
        nodes: [wholeOrder()],
        edges: [{ node: wholeOrder(), cursor: TEXT }],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: TEXT, endCursor: TEXT },
      },
      me: customer.session.user,
    });
  });

  it('placeOrder and cancelOrder with every member of their unions', async () => {
    const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) ${all('PlaceOrderResult')} }`;
    const cancel = `mutation ($id: ID!) { cancelOrder(id: $id) ${all('CancelOrderResult')} }`;
    const [customer, scarce] = [await newCustomer(), await ownProduct(1, 999)];
    const declined = orderFor({ [product.sku]: 1 }, { paymentMethod: 'pm_card_visa_chargeDeclined' });
    const tooMany = orderFor({ [scarce.sku]: scarce.available + 1 });
    const wrong = orderFor({ 'no-such-thing': 1 });
    const answers = [];
    for (const input of [declined, tooMany, wrong, { ...declined, paymentMethod: 'pm_card_visa' }]) {
      const answer = await eventually(async () => {
        const data = await customer.web<{ placeOrder: Record<string, unknown> }>(place, { input });
        expect(data.placeOrder['status']).not.toBe('PENDING');
        return data.placeOrder;
      });
      answers.push(answer);
    }
    expect(answers).toEqual([
      { __typename: 'PaymentDeclined', message: TEXT, orderId: TEXT, code: TEXT },
      {
        __typename: 'OutOfStock',
        message: TEXT,
        orderId: TEXT,
        lines: [{ sku: scarce.sku, requested: scarce.available + 1, available: scarce.available }],
      },
      {
        __typename: 'InvalidOrder',
        message: TEXT,
        issues: [{ path: expect.stringMatching(/^lines\.0/), message: TEXT }],
      },
      { __typename: 'IdempotencyConflict', message: TEXT },
    ]);
    const refused = await customer.web<object>(cancel, { id: answers[0]?.['orderId'] });
    expect(refused).toEqual({
      cancelOrder: { __typename: 'NotCancellable', message: TEXT, status: 'REJECTED' },
    });
    const { order } = await customer.web<{ order: { rejection: object } }>(
      'query ($id: ID!) { order(id: $id) { rejection { code message } } }',
      { id: answers[1]?.['orderId'] },
    );
    expect(order.rejection).toEqual({ code: TEXT, message: TEXT });
  });

  it('restock', async () => {
    const own = await ownProduct();
    const mutation = `mutation ($sku: ID!) { restock(sku: $sku, quantity: 1) ${all('Product')} }`;
    expect(await (await staff()).web(mutation, { sku: own.sku })).toMatchObject({
      restock: { sku: own.sku, description: TEXT, imageUrl: URL_OR_PATH, available: own.available + 1 },
    });
  });
});
