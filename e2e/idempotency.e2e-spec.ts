import { describe, expect, it } from '@jest/globals';
import { newCustomer } from './client.ts';
import { ledgerOf, paid } from './ledger.ts';
import { ADDRESS, orderFor, orderWithPayment, ownProduct, place, placeAndWait, stockOf } from './shop.ts';

describe('The same idempotency key', () => {
  it('is the same order, bought once, however often and at whatever moment it is sent', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 2 });
    const together = await Promise.all(Array.from({ length: 5 }, () => place(customer, input)));
    const later = await placeAndWait(customer, input);
    expect(later.status).toBe('CONFIRMED');
    expect(new Set([...together, later].map(({ id }) => id))).toEqual(new Set([later.id]));
    await orderWithPayment(customer, later.id!, 'CAPTURED');
    expect(await ledgerOf(later.id!)).toEqual(paid(2 * product.price.amountMinor));
    expect(await stockOf(product.sku)).toBe(product.available - 2);
    const { orders } = await customer.web<{ orders: { nodes: unknown[] } }>('{ orders { nodes { id } } }');
    expect(orders.nodes).toHaveLength(1);
  });

  it('with other input is a conflict without effect', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 1 });
    const { id } = await placeAndWait(customer, input);
    const others = [
      { ...input, lines: [{ sku: product.sku, quantity: 2 }] },
      { ...input, paymentMethod: 'pm_card_mastercard' },
      { ...input, shippingAddress: { ...ADDRESS, city: 'Paris' } },
    ];
    for (const other of others)
      expect(await place(customer, other)).toEqual({
        __typename: 'IdempotencyConflict',
        message: expect.any(String),
      });
    expect((await place(customer, input)).id).toBe(id);
    expect(await stockOf(product.sku)).toBe(product.available - 1);
  });

  it('belongs to its customer: another one’s same key is another order', async () => {
    const [ada, bob, product] = [await newCustomer(), await newCustomer('Bob'), await ownProduct()];
    const input = orderFor({ [product.sku]: 1 });
    const [hers, his] = [await placeAndWait(ada, input), await placeAndWait(bob, input)];
    expect([hers.status, his.status]).toEqual(['CONFIRMED', 'CONFIRMED']);
    expect(hers.id).not.toBe(his.id);
    expect(await stockOf(product.sku)).toBe(product.available - 2);
  });

  it('is the same on the phone and on the web', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 1 });
    const { id } = await placeAndWait(customer, input);
    const { lines: items, shippingAddress: address, ...rest } = input;
    const { checkout } = await customer.mobile<{ checkout: object }>(
      'mutation ($input: CheckoutInput!) { checkout(input: $input) { code order { id } } }',
      { input: { ...rest, items, address } },
    );
    expect(checkout).toEqual({ code: 'CONFIRMED', order: { id } });
  });

  it('has 1 to 255 characters', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    for (const idempotencyKey of ['', 'k'.repeat(256)]) {
      const placed = await place(customer, orderFor({ [product.sku]: 1 }, { idempotencyKey }));
      expect(placed).toMatchObject({ __typename: 'InvalidOrder', issues: [{ path: 'idempotencyKey' }] });
    }
    const longest = { idempotencyKey: 'k'.repeat(255) };
    expect((await placeAndWait(customer, orderFor({ [product.sku]: 1 }, longest))).status).toBe('CONFIRMED');
    expect(await stockOf(product.sku)).toBe(product.available - 1);
  });
});
