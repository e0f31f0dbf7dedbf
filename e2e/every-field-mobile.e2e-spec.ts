import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Customer, newCustomer } from './client.ts';
import { contractOf, everyField } from './contract.ts';
import { INSTANT, MONEY, TEXT, URL_OR_PATH } from './shapes.ts';
import { buy, orderFor, orderWithPayment, ownProduct, type Product } from './shop.ts';

let customer: Customer;
let product: Product;
let id: string;

beforeAll(async () => {
  [customer, product] = [await newCustomer(), await ownProduct()];
  id = await buy(customer, { [product.sku]: 2 });
  await orderWithPayment(customer, id, 'CAPTURED');
});

describe('Every field of the mobile API answers', () => {
  const all = (type: string): string => everyField(contractOf('mobile'), type);
  const badge = () => ({
    id,
    title: TEXT,
    status: 'CONFIRMED',
    total: MONEY.formatted,
    totalMinor: expect.any(Number),
    currency: MONEY.currency,
    thumbnailUrl: URL_OR_PATH,
    placedAt: INSTANT,
    placedOn: TEXT,
  });
  const card = {
    id: TEXT,
    sku: TEXT,
    name: TEXT,
    price: MONEY.formatted,
    priceMinor: expect.any(Number),
    currency: MONEY.currency,
    thumbnailUrl: URL_OR_PATH,
    stockLabel: expect.stringMatching(/^(IN_STOCK|FEW_LEFT|SOLD_OUT)$/),
  };

  it('products, categories', async () => {
    const data = await customer.mobile<object>(`{ products(first: 2) ${all('ProductCardPage')} categories }`);
    expect(data).toEqual({
      products: { items: [card, card], next: TEXT },
      categories: expect.arrayContaining([TEXT]),
    });
  });

  it('home, product, orders, order', async () => {
    const data = await customer.mobile<{ home: { featured: object[] } }>(
      `query ($id: ID!, $sku: ID!) { home ${all('Home')} product(sku: $sku) ${all('ProductCard')}
         orders ${all('OrderPage')} order(id: $id) ${all('OrderScreen')} }`,
      { id, sku: product.sku },
    );
    expect(data).toEqual({
      home: {
        greeting: expect.stringContaining('Ada Lovelace'),
        featured: expect.arrayContaining([card]),
        activeOrders: [badge()],
        degraded: [],
      },
      product: { ...card, sku: product.sku, name: product.name, price: product.price.formatted },
      orders: { items: [badge()], next: null },
      order: {
        id,
        title: TEXT,
        status: 'CONFIRMED',
        total: MONEY.formatted,
        totalMinor: expect.any(Number),
        currency: MONEY.currency,
        placedAt: INSTANT,
        placedOn: TEXT,
        lines: [expect.stringContaining(product.name)],
        paymentLabel: TEXT,
        canCancel: true,
        progress: expect.arrayContaining([TEXT]),
      },
    });
    expect(data.home.featured).toEqual(data.home.featured.map(() => card));
  });

  it('checkout, cancelOrder', async () => {
    const customer = await newCustomer();
    const { lines: items, shippingAddress: address, ...rest } = orderFor({ [product.sku]: 1 });
    const outcome = all('CheckoutOutcome');
    const { checkout } = await customer.mobile<{ checkout: { order: { id: string } } }>(
      `mutation ($input: CheckoutInput!) { checkout(input: $input) ${outcome} }`,
      { input: { ...rest, items, address } },
    );
    const own = { ...badge(), id: TEXT, status: expect.stringMatching(/^(CONFIRMED|PENDING)$/) };
    expect(checkout).toEqual({
      ok: true,
      order: own,
      message: TEXT,
      code: expect.stringMatching(/^(CONFIRMED|PENDING)$/),
    });
    const cancelled = await customer.mobile<object>(
      `mutation ($id: ID!) { cancelOrder(id: $id) ${outcome} }`,
      { id: checkout.order.id },
    );
    expect(cancelled).toMatchObject({
      cancelOrder: { ok: true, code: 'CANCELLED', order: { id: checkout.order.id } },
    });
  });

  it('the pictures are there', async () => {
    const { product: card } = await customer.mobile<{ product: { thumbnailUrl: string } }>(
      'query ($sku: ID!) { product(sku: $sku) { thumbnailUrl } }',
      { sku: product.sku },
    );
    const picture = await customer.get<string>(new URL(card.thumbnailUrl, 'http://x').pathname);
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(picture.body).toContain('<svg');
  });
});
