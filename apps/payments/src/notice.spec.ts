import { expect, it } from '@jest/globals';
import { noticeOf } from './notice.ts';

const orderId = '0193a5c0-7d2e-7c39-a5d1-3b8f5f0f9b11';
const event = (type: string, object: object) => ({ id: 'evt_1', type, data: { object } });
const intent = { object: 'payment_intent', id: 'pi_1', metadata: { order_id: orderId } };
const refund = { object: 'refund', payment_intent: 'pi_1', metadata: { order_id: orderId } };

it('reads what concerns a payment', () => {
  expect(noticeOf(event('payment_intent.succeeded', intent))).toEqual({
    eventId: 'evt_1',
    orderId,
    intentId: 'pi_1',
    says: 'held',
  });
  expect(noticeOf(event('refund.failed', { ...refund, status: 'failed' }))?.says).toBe('refund-failed');
  expect(noticeOf(event('charge.refund.updated', { ...refund, status: 'failed' }))?.says).toBe(
    'refund-failed',
  );
  expect(noticeOf(event('charge.refund.updated', { ...refund, status: 'pending' }))?.says).toBe('moved');
});

it.each([
  ['other types', event('customer.created', intent)],
  ['payments of no order', event('payment_intent.succeeded', { ...intent, metadata: {} })],
  ['an order id that is none', event('payment_intent.succeeded', { ...intent, metadata: { order_id: 'x' } })],
  ['names every object has', event('constructor', intent)],
  ['nothing', null],
  ['junk', { id: 1, type: 'payment_intent.succeeded' }],
])('passes over %s', (_, payload) => {
  expect(noticeOf(payload)).toBeUndefined();
});
