import { CancelOrder, Failure, PlaceOrder, type PlaceOrderReply } from '@caravan/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bff } from '../../../libs/graphql/test/bff.ts';
import { BffWebModule } from '../src/bff-web.module.ts';
import { ADA, input, order, ORDER_ID } from '../../../libs/graphql/test/answers.ts';

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename
  ... on Order { id status rejection { code message } }
  ... on OutOfStock { message orderId lines { sku requested available } }
  ... on PaymentDeclined { message orderId code }
  ... on InvalidOrder { message issues { path message } }
  ... on IdempotencyConflict { message }
} }`;
const CANCEL = `mutation ($id: ID!) { cancelOrder(id: $id) {
  __typename ... on Order { id status } ... on NotCancellable { message status }
} }`;

let bff: Bff;
let ada: string;
beforeAll(async () => {
  bff = await Bff.start(BffWebModule);
  ada = await bff.token(ADA);
});
afterAll(() => bff.stop());
beforeEach(() => bff.reset());

const place = async (reply: PlaceOrderReply, changes: object = {}) => {
  bff.on(PlaceOrder, reply);
  return bff.query(PLACE, { input: { ...input, ...changes } }, ada);
};
const rejected = (code: string, details?: unknown): PlaceOrderReply => ({
  outcome: 'placed',
  order: order({ status: 'REJECTED', rejection: { code, message: 'Sorry.', details } }),
});

test('a placed order comes back as Order; the same sku twice was one line', async () => {
  const lines = [input.lines[0], { sku: 'TEA-1', quantity: 1 }, input.lines[0]];
  const { data } = await place({ outcome: 'placed', order: order() }, { lines });
  expect(data.placeOrder).toMatchObject({ __typename: 'Order', id: ORDER_ID, status: 'CONFIRMED' });
  expect(bff.asked.at(-1)?.data).toMatchObject({
    customerId: ADA,
    idempotencyKey: 'key-1',
    lines: [
      { sku: 'MUG-1', quantity: 4 },
      { sku: 'TEA-1', quantity: 1 },
    ],
  });
});

test.each<[string, PlaceOrderReply, object]>([
  [
    'PENDING',
    { outcome: 'placed', order: order({ status: 'PENDING' }) },
    { __typename: 'Order', status: 'PENDING' },
  ],
  [
    'out of stock',
    rejected('inventory.out-of-stock', { lines: [{ sku: 'MUG-1', requested: 2, available: 1 }] }),
    { __typename: 'OutOfStock', orderId: ORDER_ID, lines: [{ sku: 'MUG-1', requested: 2, available: 1 }] },
  ],
  [
    'declined',
    rejected('payments.declined', { code: 'insufficient_funds' }),
    { __typename: 'PaymentDeclined', message: 'Sorry.', orderId: ORDER_ID, code: 'insufficient_funds' },
  ],
  [
    'a payment method that does not exist',
    rejected('payments.invalid-method'),
    { __typename: 'InvalidOrder', issues: [{ path: 'paymentMethod', message: 'Sorry.' }] },
  ],
  [
    'rejected for another reason',
    rejected('payments.refused'),
    { __typename: 'Order', status: 'REJECTED', rejection: { code: 'payments.refused', message: 'Sorry.' } },
  ],
  [
    'invalid',
    { outcome: 'invalid', issues: [{ path: 'lines.0.sku', message: 'is unknown' }] },
    { __typename: 'InvalidOrder', issues: [{ path: 'lines.0.sku', message: 'is unknown' }] },
  ],
  ['conflict', { outcome: 'conflict' }, { __typename: 'IdempotencyConflict' }],
])('the orders service replies %s', async (_, reply, expected) => {
  const { data, errors } = await place(reply);
  expect(errors).toBeUndefined();
  expect(data.placeOrder).toMatchObject(expected);
});

test.each([
  ['no lines', { lines: [] }, 'lines'],
  ['51 lines', { lines: Array.from({ length: 51 }, (_, n) => ({ sku: `S-${n}`, quantity: 1 })) }, 'lines'],
  ['quantity 0', { lines: [{ sku: 'A', quantity: 0 }] }, 'lines.0.quantity'],
  ['quantity -1', { lines: [{ sku: 'A', quantity: -1 }] }, 'lines.0.quantity'],
  [
    '1001 after merging',
    {
      lines: [
        { sku: 'A', quantity: 1000 },
        { sku: 'A', quantity: 1 },
      ],
    },
    'lines.1.quantity',
  ],
  ['an empty key', { idempotencyKey: '' }, 'idempotencyKey'],
  ['a key of 300', { idempotencyKey: 'k'.repeat(300) }, 'idempotencyKey'],
  ['a NUL', { shippingAddress: { ...input.shippingAddress, city: 'Co\u0000rk' } }, 'shippingAddress.city'],
  [
    'half a character',
    { shippingAddress: { ...input.shippingAddress, name: '\ud800' } },
    'shippingAddress.name',
  ],
  [
    'a long address',
    { shippingAddress: { ...input.shippingAddress, line1: 'x'.repeat(201) } },
    'shippingAddress.line1',
  ],
])('%s is an InvalidOrder that says where, and never leaves the BFF', async (_, changes, path) => {
  const { data } = await bff.query(PLACE, { input: { ...input, ...changes } }, ada);
  expect(data.placeOrder).toMatchObject({ __typename: 'InvalidOrder', issues: [{ path }] });
  expect(bff.asked.some(({ type }) => type === PlaceOrder.type)).toBe(false);
});

test.each([
  ['1.5', 1.5],
  ['a string', '1'],
  ['2^31', 2 ** 31],
  ['null', null],
])('quantity %s is no Int: 400 BAD_USER_INPUT', async (_, quantity) => {
  const { status, errors } = await bff.query(
    PLACE,
    { input: { ...input, lines: [{ sku: 'A', quantity }] } },
    ada,
  );
  expect(status).toBe(400);
  expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('unknown input fields are refused: a client cannot send a price', async () => {
  const lines = [{ sku: 'A', quantity: 1, unitPrice: 1 }];
  const { status, errors } = await bff.query(PLACE, { input: { ...input, lines } }, ada);
  expect([status, errors![0]!.extensions['code']]).toEqual([400, 'BAD_USER_INPUT']);
});

test('the address is trimmed and in NFC', async () => {
  const shippingAddress = { ...input.shippingAddress, name: '  Zoe\u0308 ', line2: ' ' };
  await place({ outcome: 'placed', order: order() }, { shippingAddress });
  expect(bff.asked.at(-1)?.data.shippingAddress).toMatchObject({ name: 'Zo\u00eb', line2: null });
});

test('cancel: accepted, not cancellable, not found, no id', async () => {
  bff.on(CancelOrder, { outcome: 'accepted', order: order({ status: 'CANCELLED' }) });
  const accepted = await bff.query(CANCEL, { id: ORDER_ID }, ada);
  expect(accepted.data.cancelOrder).toEqual({ __typename: 'Order', id: ORDER_ID, status: 'CANCELLED' });
  bff.on(CancelOrder, { outcome: 'not-cancellable', order: order({ status: 'REJECTED' }) });
  const refused = await bff.query(CANCEL, { id: ORDER_ID }, ada);
  expect(refused.data.cancelOrder).toMatchObject({ __typename: 'NotCancellable', status: 'REJECTED' });
  bff.on(CancelOrder, { outcome: 'not-found' });
  for (const id of [ORDER_ID, 'nonsense']) {
    const { errors } = await bff.query(CANCEL, { id }, ada);
    expect(errors).toMatchObject([{ path: ['cancelOrder'], extensions: { code: 'NOT_FOUND' } }]);
  }
});

test('a failure of the service has a public code, and an unknown one is masked', async () => {
  bff.on(PlaceOrder, new Failure('caravan.deadline-exceeded', 'Orders did not answer in time.'));
  const late = await bff.query(PLACE, { input }, ada);
  expect(late.errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  bff.on(PlaceOrder, new Failure('orders.secret', 'row 17 of table orders'));
  const masked = await bff.query(PLACE, { input }, ada);
  expect(masked.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(JSON.stringify(masked)).not.toContain('table');
  expect(Object.keys(masked.errors![0]!.extensions).sort()).toEqual(['code', 'traceId']);
});
