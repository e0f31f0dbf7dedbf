import { describe, expect, it } from '@jest/globals';
import { eventually, Operator } from '@caravan/testing';
import { newCustomer } from './client.ts';
import { ledgerOf, paid } from './ledger.ts';
import { buy, orderFor, orderOf, orderWithPayment, ownProduct, placeAndWait, stockOf } from './shop.ts';
import { hasBroker, theSystem } from './system.ts';

const operator = () => new Operator(theSystem().rabbitmqUrl!);

interface History {
  id: string;
  status: string;
  remedies: { action: string }[];
  actions: { by: string; action: string; outcome: string; reason: string }[];
}

(hasBroker() ? describe : describe.skip)('An operator', () => {
  it('takes a paid order back by its number: all of the money, once, and the pieces', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const id = await buy(customer, { [product.sku]: 2 });
    const { number } = await orderWithPayment(customer, id, 'CAPTURED');
    const before = await operator().json<History>('saga', 'show', number);
    expect(before).toMatchObject({ id, status: 'CONFIRMED', remedies: [{ action: 'compensate' }] });
    const words = ['compensate', number, '--by', 'ann', '--reason', 'ordered by mistake'];
    expect((await operator().run('saga', ...words)).code).toBe(0);
    await orderWithPayment(customer, id, 'REFUNDED');
    await eventually(async () => expect((await orderOf(customer, id))?.status).toBe('CANCELLED'));
    const total = 2 * product.price.amountMinor;
    expect(await ledgerOf(id)).toEqual({ ...paid(total), refunded: total, refunds: 1 });
    expect(await stockOf(product.sku)).toBe(product.available);
    const after = await operator().json<History>('saga', 'show', number);
    expect(after).toMatchObject({
      status: 'CANCELLED',
      remedies: [],
      actions: [{ by: 'ann', action: 'compensate', outcome: 'done', reason: 'ordered by mistake' }],
    });
  });

  it('sees why a checkout failed', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const paymentMethod = 'pm_card_visa_chargeDeclined';
    const { orderId } = await placeAndWait(customer, orderFor({ [product.sku]: 1 }, { paymentMethod }));
    const { code, stdout } = await operator().run('saga', 'show', orderId!);
    expect(code).toBe(0);
    expect(stdout).toMatch(/REJECTED/);
    expect(stdout).toMatch(/authorize payment +refused +payments\.declined: /);
    expect(stdout).toMatch(/reserve stock +undone/);
    expect(stdout).toContain('There is nothing to be done');
  });
});
