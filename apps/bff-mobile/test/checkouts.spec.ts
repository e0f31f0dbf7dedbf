import { CancelOrder, PlaceOrder, type PlaceOrderReply } from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ADA, input, order, ORDER_ID } from '../../../libs/graphql/test/answers.ts';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffMobileModule } from '../src/bff-mobile.module.ts';

const CHECKOUT = `mutation ($input: CheckoutInput!) {
  checkout(input: $input) { ok code message order { id title status total placedAt } } }`;
const CANCEL = 'mutation ($id: ID!) { cancelOrder(id: $id) { ok code message order { status } } }';
const { lines: items, shippingAddress: address, idempotencyKey, paymentMethod } = input;
const basket = { idempotencyKey, items, paymentMethod, address };

let bff: Bff;
let ada: string;
beforeAll(async () => {
  bff = await Bff.start(BffMobileModule);
  ada = await bff.token(ADA);
});
afterAll(() => bff.stop());
beforeEach(() => bff.reset());

test('a checkout asks orders for the merged lines and shows the badge', async () => {
  bff.on(PlaceOrder, { outcome: 'placed', order: order() });
  const { data } = await bff.query(CHECKOUT, { input: { ...basket, items: [...items, ...items] } }, ada);
  expect(data.checkout).toEqual({
    ok: true,
    code: 'CONFIRMED',
    message: 'Thank you, your order is confirmed.',
    order: {
      id: ORDER_ID,
      title: 'Enamel mug',
      status: 'CONFIRMED',
      total: '€25.00',
      placedAt: '2026-11-21T09:54:33.120Z',
    },
  });
  expect(bff.asked.at(-1)?.data).toMatchObject({ customerId: ADA, lines: [{ sku: 'MUG-1', quantity: 4 }] });
});

const rejected = (code: string, details?: unknown): PlaceOrderReply => ({
  outcome: 'placed',
  order: order({ status: 'REJECTED', rejection: { code, message: 'The card was declined.', details } }),
});
const shortage = { lines: [{ sku: 'MUG-1', requested: 2, available: 1 }] };

test.each<[PlaceOrderReply, object]>([
  [
    { outcome: 'placed', order: order({ status: 'PENDING' }) },
    { ok: true, code: 'PENDING' },
  ],
  [
    { outcome: 'placed', order: order({ status: 'NEEDS_ATTENTION' }) },
    { ok: true, code: 'PENDING' },
  ],
  [
    { outcome: 'placed', order: order({ status: 'CANCELLED' }) },
    { ok: false, code: 'CANCELLED' },
  ],
  [
    rejected('inventory.out-of-stock', shortage),
    {
      ok: false,
      code: 'OUT_OF_STOCK',
      message: 'Sorry, only 1 × Enamel mug left.',
      order: { status: 'REJECTED' },
    },
  ],
  [
    rejected('payments.declined', { code: 'card_declined' }),
    { ok: false, code: 'PAYMENT_DECLINED', message: 'The card was declined.', order: { id: ORDER_ID } },
  ],
  [rejected('payments.invalid-method'), { ok: false, code: 'INVALID', order: { id: ORDER_ID } }],
  [
    { outcome: 'invalid', issues: [{ path: 'lines.0.sku', message: 'is not sold here' }] },
    { ok: false, code: 'INVALID', message: 'Please check: items.0.sku is not sold here', order: null },
  ],
  [{ outcome: 'conflict' }, { ok: false, code: 'CONFLICT', order: null }],
])('%j', async (reply, expected) => {
  bff.on(PlaceOrder, reply);
  const { data, errors } = await bff.query(CHECKOUT, { input: basket }, ada);
  expect(errors).toBeUndefined();
  expect(data.checkout).toMatchObject(expected);
});

test('what is out of bounds is INVALID and never leaves the BFF', async () => {
  const { data } = await bff.query(CHECKOUT, { input: { ...basket, items: [] } }, ada);
  expect(data.checkout).toMatchObject({
    ok: false,
    code: 'INVALID',
    message: 'Please check: items must have 1 to 50 entries',
  });
  expect(bff.asked.some(({ type }) => type === PlaceOrder.type)).toBe(false);
});

test('cancel', async () => {
  bff.on(CancelOrder, { outcome: 'accepted', order: order({ status: 'CANCELLED' }) });
  const done = await bff.query(CANCEL, { id: ORDER_ID }, ada);
  expect(done.data.cancelOrder).toMatchObject({
    ok: true,
    code: 'CANCELLED',
    order: { status: 'CANCELLED' },
  });
  bff.on(CancelOrder, { outcome: 'not-cancellable', order: order({ status: 'REJECTED' }) });
  const refused = await bff.query(CANCEL, { id: ORDER_ID }, ada);
  expect(refused.data.cancelOrder).toMatchObject({ ok: false, code: 'NOT_CANCELLABLE' });
  bff.on(CancelOrder, { outcome: 'not-found' });
  const gone = await bff.query(CANCEL, { id: ORDER_ID }, ada);
  expect(gone.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});
