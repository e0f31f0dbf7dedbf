import { expect, it } from '@jest/globals';
import { noticeOf } from './notice.ts';

const orderId = '0193a5c0-7d2e-7c39-a5d1-3b8f5f0f9b11';
const event = (type: string, object: object) => ({ id: 'evt_1', type, data: { object } });
const intent = { object: 'payment_intent', id: 'pi_1', metadata: { order_id: orderId } };
const refund = { object: 'refund', id: 're_1', payment_intent: 'pi_1', metadata: { order_id: orderId } };
const charge = {
  object: 'charge',
  payment_intent: 'pi_1',
  metadata: { order_id: orderId },
  amount_refunded: 500,
};
const dispute = {
  object: 'dispute',
  id: 'dp_1',
  payment_intent: 'pi_1',
  metadata: {},
  status: 'needs_response',
  reason: 'fraudulent',
  amount: 1999,
  created: 1_700_000_000,
};

it.each([
  ['payment_intent.succeeded', intent, { orderId, says: 'taken' }],
  ['payment_intent.canceled', intent, { orderId, says: 'canceled' }],
  ['charge.captured', charge, { orderId, says: 'taken' }],
  ['charge.refunded', charge, { says: 'charge-refunded', refundedMinor: 500 }],
  ['refund.failed', { ...refund, status: 'failed' }, { says: 'refund', refundId: 're_1', failed: true }],
  ['refund.failed', { ...refund, status: null }, { says: 'refund', failed: true }],
  ['refund.updated', { ...refund, status: 'failed' }, { failed: true }],
  ['charge.refund.updated', { ...refund, status: 'failed' }, { failed: true }],
  ['charge.refund.updated', { ...refund, status: 'pending' }, { failed: false }],
  [
    'refund.created',
    { ...refund, metadata: null, status: 'succeeded' },
    { orderId: undefined, intentId: 'pi_1' },
  ],
])('reads %s', (type, object, meaning) => {
  expect(noticeOf(event(type, object))).toMatchObject({ eventId: 'evt_1', intentId: 'pi_1', ...meaning });
});

it('reads a dispute, which names no order and says nothing of its end but by when that was told', () => {
  expect(noticeOf(event('charge.dispute.created', dispute))).toMatchObject({
    intentId: 'pi_1',
    dispute: {
      status: 'needs_response',
      reason: 'fraudulent',
      openedAt: '2023-11-14T22:13:20.000Z',
      closedAt: null,
    },
  });
  const end = { ...event('charge.dispute.closed', { ...dispute, status: 'lost' }), created: 1_700_086_400 };
  expect(noticeOf(end)).toMatchObject({ dispute: { status: 'lost', closedAt: '2023-11-15T22:13:20.000Z' } });
});

it.each([
  ['other types', event('customer.created', intent)],
  ['types of tomorrow', { id: 'evt_1', type: 'v2.core.event', object: 'v2.core.event', data: null }],
  ['events without an id', { ...event('payment_intent.succeeded', intent), id: 'evt_\0' }],
  ['ids that are none', event('payment_intent.succeeded', { ...intent, id: 'pi_\0' })],
  ['names every object has', event('constructor', intent)],
  ['nothing', null],
  ['junk', { id: 1, type: 'payment_intent.succeeded' }],
])('passes over %s', (_, payload) => {
  expect(noticeOf(payload)).toBeUndefined();
});

it('an order id that is none counts as none: the intent tells which payment it is', () => {
  const of = event('payment_intent.succeeded', { ...intent, metadata: { order_id: 'x' } });
  expect(noticeOf(of)).toMatchObject({ orderId: undefined, intentId: 'pi_1' });
});

it('reads which of our calls caused it', () => {
  const caused = (request: unknown) =>
    noticeOf({ ...event('payment_intent.succeeded', intent), request })?.key;
  expect(caused({ id: 'req_1', idempotency_key: 'o1:capture' })).toBe('o1:capture');
  expect([caused(null), caused('req_1'), caused({ idempotency_key: null })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
