import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../libs/testing/src/eventually.ts';
import { newCustomer } from './client.ts';
import { buy, orderFor, orderOf, ownProduct, placeAndWait } from './shop.ts';
import { theSystem } from './system.ts';

/** The mails that lie in the sink for an address, in the order in which they came, as text. */
function mailsTo(address: string): string[] {
  const { mailFolder } = theSystem();
  const files = readdirSync(mailFolder).filter((file) => file.endsWith(`${address}.eml`));
  return files.toSorted().map((file) => decoded(readFileSync(join(mailFolder, file), 'utf8')));
}

/** Undoes quoted-printable (RFC 2045 §6.7), which is how the shop writes. */
function decoded(mail: string): string {
  const joined = mail.replaceAll(/=\r?\n/g, '');
  return joined.replaceAll(/(=[\dA-F]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
  );
}

describe('A mail', () => {
  it('arrives once for an order that is confirmed, and another one when it is cancelled', async () => {
    const [customer, product] = [await newCustomer('Ada Lovelace'), await ownProduct()];
    const id = await buy(customer, { [product.sku]: 2 });
    const order = (await orderOf(customer, id))!;
    const [mail] = await eventually(() => {
      const mails = mailsTo(customer.email);
      expect(mails).toHaveLength(1);
      return mails;
    });
    expect(mail).toMatch(new RegExp(`^Subject: .*${order.number}.*confirmed`, 'm'));
    expect(mail).toContain(`To: Ada Lovelace <${customer.email}>`);
    expect(mail).toContain(`2 × ${product.name}`);
    expect(mail).toContain(order.total.formatted);

    await customer.web('mutation ($id: ID!) { cancelOrder(id: $id) { __typename } }', { id });
    await eventually(() => {
      const [first, second, ...more] = mailsTo(customer.email);
      expect([first, more]).toEqual([mail, []]);
      expect(second).toMatch(new RegExp(`^Subject: .*${order.number}.*cancelled`, 'm'));
    });
  });

  it('arrives for an order that was rejected', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const paymentMethod = 'pm_card_visa_chargeDeclined';
    const { orderId } = await placeAndWait(customer, orderFor({ [product.sku]: 1 }, { paymentMethod }));
    const order = (await orderOf(customer, orderId!))!;
    await eventually(() => expect(mailsTo(customer.email).join()).toContain(order.number));
    expect(mailsTo(customer.email)).toHaveLength(1);
  });
});
