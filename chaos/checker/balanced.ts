import type { Operation } from './operation.ts';
import type { World } from './world.ts';

const TRACE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const about = (orderId: string, traceId: string) => ({ orderId, traceId, question: null });

const place = (key: string, traceId: string, said: string, orderId: string, status: string): Operation => ({
  kind: 'place',
  api: 'web',
  customerId: 'c',
  key,
  traceId,
  attempts: [{ outcome: 'ok', said, orderId, status, breaches: [] }],
});

/** A small world in which nothing is wrong: one order that was confirmed and one that was declined. For the checker's own specs. */
export const balanced: World = {
  orders: [
    {
      id: 'o1',
      status: 'CONFIRMED',
      rejection: null,
      customerId: 'c',
      key: 'k1',
      total: 200,
      lines: [{ sku: 'A', quantity: 2 }],
      traceId: TRACE,
      journaled: true,
    },
    {
      id: 'o2',
      status: 'REJECTED',
      rejection: 'payments.declined',
      customerId: 'c',
      key: 'k2',
      total: 100,
      lines: [{ sku: 'A', quantity: 1 }],
      traceId: OTHER,
      journaled: true,
    },
  ],
  sagas: [
    { id: 'o1', type: 'checkout', state: 'completed', stuck: false },
    { id: 'o2', type: 'checkout', state: 'rolled_back', stuck: false },
  ],
  steps: [
    ...['checkout started', 'reserve done', 'authorize done', 'confirm done'].map((words) =>
      step('o1', words),
    ),
    ...['checkout started', 'reserve done', 'authorize refused', 'authorize undone', 'reserve undone'].map(
      (words) => step('o2', words),
    ),
    { sagaId: 'o2', type: 'checkout', step: 'checkout', outcome: 'rolled back' },
  ],
  histories: ['o1', 'o2'].map((sagaId) => ({
    sagaId,
    type: 'checkout',
    definition: 'checkout.v1',
    moved: false,
    differs: null,
    steps: [
      { name: 'reserve', command: 'inventory.reserve-stock', undo: 'inventory.release-stock' },
      { name: 'authorize', command: 'payments.authorize-payment', undo: 'payments.void-payment' },
      { name: 'confirm' },
      { name: 'a', command: 'a.do', undo: 'a.undo' },
      { name: 'b', command: 'b.do', undo: 'b.undo' },
    ],
  })),
  payments: [
    { orderId: 'o1', status: 'CAPTURED', operation: null, amount: 200, refunded: 0 },
    { orderId: 'o2', status: 'DECLINED', operation: null, amount: 100, refunded: 0 },
  ],
  ledger: [
    {
      orderId: 'o1',
      authorized: 200,
      captured: 200,
      refunded: 0,
      voided: 0,
      authorizations: 1,
      captures: 1,
      refunds: 0,
    },
  ],
  stock: [{ sku: 'A', onHand: 8, reserved: 0, sold: 2, received: 10 }],
  reservations: [
    { orderId: 'o1', state: 'SOLD', lines: [{ sku: 'A', quantity: 2 }] },
    { orderId: 'o2', state: 'RELEASED', lines: [{ sku: 'A', quantity: 1 }] },
  ],
  notifications: [
    { orderId: 'o1', kind: 'CONFIRMED', traceId: TRACE },
    { orderId: 'o2', kind: 'REJECTED', traceId: OTHER },
  ],
  published: [
    {
      id: 'm1',
      from: 'orders',
      type: 'inventory.reserve-stock',
      routingKey: 'inventory.reserve-stock',
      ...about('o1', TRACE),
    },
    {
      id: 'm2',
      from: 'inventory',
      type: 'saga.reply',
      routingKey: 'saga.reply.orders',
      ...about('o1', TRACE),
      question: 'checkout:o1 0:do:0',
    },
    {
      id: 'm3',
      from: 'orders',
      type: 'order.confirmed',
      routingKey: 'order.confirmed',
      ...about('o1', TRACE),
    },
    { id: 'm4', from: 'orders', type: 'order.rejected', routingKey: 'order.rejected', ...about('o2', OTHER) },
  ],
  changes: [
    { what: 'orders', key: 'o1', was: 'PENDING', became: 'CONFIRMED' },
    { what: 'reservation', key: 'o1', was: 'HELD', became: 'SOLD' },
    { what: 'payments', key: 'o1', was: 'AUTHORIZED', became: 'CAPTURED' },
    { what: 'saga', key: 'o2', was: 'undoing', became: 'rolled_back' },
  ],
  outboxes: { orders: 0, inventory: 0 },
  inboxes: { orders: ['m2'], inventory: ['m1'], notifications: [] },
  queues: [
    { name: 'orders', messages: 0, consumers: 1, expectedConsumers: 1 },
    { name: 'orders.dead', messages: 1, consumers: 0, expectedConsumers: 0 },
    { name: 'caravan.retry.1', messages: 0, consumers: 0 },
  ],
  deadLetters: [{ service: 'orders', reason: 'not readable', body: 'no JSON, poison-1' }],
  poison: [{ service: 'orders', mark: 'poison-1' }],
  processes: [{ label: 'orders', rssMb: 115, rssBeforeMb: 100, lastWords: [] }],
  idleHolders: [],
  operations: [
    place('k1', TRACE, 'CONFIRMED', 'o1', 'CONFIRMED'),
    place('k2', OTHER, 'PaymentDeclined', 'o2', 'REJECTED'),
    {
      ...place('k3', OTHER, '', '', ''),
      attempts: [{ outcome: 'unavailable', said: '503 caravan.unavailable', breaches: [] }],
    },
  ],
  recordedByAll: true,
};

function step(sagaId: string, words: string) {
  const [name = '', outcome = ''] = words.split(' ');
  return { sagaId, type: 'checkout', step: name, outcome };
}
