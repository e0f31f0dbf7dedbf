import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { newCustomer, staff } from './client.ts';
import { ledgerOf, paid, UNTOUCHED } from './ledger.ts';
import { buy, orderFor, orderOf, ownProduct, placeAndWait, stockOf } from './shop.ts';

describe('More than there is', () => {
  it('is refused with what there is, reserves none of the other lines and charges nothing', async () => {
    const [customer, plenty] = [await newCustomer(), await ownProduct()];
    const scarce = await ownProduct(1, 999);
    const requested = scarce.available + 1;
    const placed = await placeAndWait(customer, orderFor({ [plenty.sku]: 1, [scarce.sku]: requested }));
    expect(placed).toMatchObject({
      __typename: 'OutOfStock',
      missing: [{ sku: scarce.sku, requested, available: scarce.available }],
    });
    const order = await orderOf(customer, placed.orderId!);
    expect(order).toMatchObject({ status: 'REJECTED', payment: null });
    expect(await ledgerOf(placed.orderId!)).toEqual(UNTOUCHED);
    expect(await stockOf(plenty.sku)).toBe(plenty.available);
    expect(await stockOf(scarce.sku)).toBe(scarce.available);
  });

  it('is never sold, however many come at once', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const left = 6;
    await buy(customer, { [product.sku]: product.available - left });
    expect(await stockOf(product.sku)).toBe(left);
    const crowd = Array.from({ length: 10 }, () => placeAndWait(customer, orderFor({ [product.sku]: 1 })));
    const outcomes = await Promise.all(crowd);
    const sold = outcomes.filter(({ status }) => status === 'CONFIRMED');
    expect(sold).toHaveLength(left);
    expect(outcomes.filter(({ __typename }) => __typename === 'OutOfStock')).toHaveLength(10 - left);
    expect(await stockOf(product.sku)).toBe(0);
    await Promise.all(
      sold.map(({ id }) =>
        eventually(async () => expect(await ledgerOf(id!)).toEqual(paid(product.price.amountMinor))),
      ),
    );
  });

  it('can be bought once the staff has restocked, and nobody else can restock', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const restock = 'mutation ($sku: ID!) { restock(sku: $sku, quantity: 5) { sku available } }';
    const refused = await customer.askWeb(restock, { sku: product.sku });
    expect(refused.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await stockOf(product.sku)).toBe(product.available);

    const { restock: after } = await (await staff()).web<{ restock: object }>(restock, { sku: product.sku });
    expect(after).toEqual({ sku: product.sku, available: product.available + 5 });
    expect(await stockOf(product.sku)).toBe(product.available + 5);
  });
});
