import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { newCustomer } from './client.ts';
import { ledgerOf, UNTOUCHED } from './ledger.ts';
import { orderFor, orderOf, ownProduct, placeAndWait, stockOf } from './shop.ts';

describe('A declined card', () => {
  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('%s: rejects the order, puts the stock back and takes no money', async (paymentMethod, reason) => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const input = orderFor({ [product.sku]: 2 }, { paymentMethod });
    const placed = await placeAndWait(customer, input);
    expect(placed).toMatchObject({ __typename: 'PaymentDeclined', code: reason });
    expect(placed.message).toBeTruthy();

    const order = await orderOf(customer, placed.orderId!);
    expect(order).toMatchObject({ status: 'REJECTED', payment: { status: 'DECLINED' } });
    expect(order?.rejection?.code).toBe('payments.declined');
    expect(await ledgerOf(placed.orderId!)).toEqual(UNTOUCHED);
    await eventually(async () => expect(await stockOf(product.sku)).toBe(product.available));

    expect(await placeAndWait(customer, input)).toEqual(placed);
  });
});
