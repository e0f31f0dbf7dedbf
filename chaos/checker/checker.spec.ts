import { describe, expect, it } from '@jest/globals';
import { balanced } from './balanced.ts';
import { check } from './checker.ts';
import type { Attempt } from './operation.ts';
import { broken, type Invariant, INVARIANTS } from './violation.ts';
import type { World } from './world.ts';

const first = <K extends 'orders' | 'ledger' | 'payments' | 'stock' | 'reservations'>(
  list: K,
  change: object,
): Partial<World> => ({
  [list]: balanced[list].map((entry, i) => (i === 0 ? { ...entry, ...change } : entry)),
});
const without = <K extends 'orders' | 'ledger' | 'payments' | 'notifications' | 'published' | 'reservations'>(
  list: K,
  n: number,
): Partial<World> => ({
  [list]: balanced[list].filter((_, i) => i !== n),
});
const said = (n: number, ...attempts: Partial<Attempt>[]): Partial<World> => ({
  operations: balanced.operations.map((operation, i) =>
    i === n
      ? {
          ...operation,
          attempts: [
            ...operation.attempts,
            ...attempts.map((attempt) => ({ outcome: 'ok', said: '', breaches: [], ...attempt }) as Attempt),
          ],
        }
      : operation,
  ),
});
const more = <K extends keyof World>(list: K, ...entries: object[]): Partial<World> => ({
  [list]: [...(balanced[list] as object[]), ...entries],
});
const cancelOf = (key: string, attempt: Partial<Attempt>) => ({
  kind: 'cancel',
  api: 'web',
  customerId: 'c',
  key,
  traceId: 'x',
  attempts: [{ outcome: 'ok', said: 'Order', breaches: [], ...attempt }],
});
const log = (...words: string[]): Partial<World> => ({
  steps: words.map((line) => {
    const [step = '', outcome = ''] = line.split(': ');
    return { sagaId: 'o1', type: 'checkout', step, outcome };
  }),
});

/** What is wrong · the change to a world in which nothing is · the invariants that notice. */
const CASES: [string, Partial<World>, Invariant[]][] = [
  ['an order that was accepted and is gone', { ...without('orders', 0) }, ['I1', 'I3', 'I4']],
  [
    'two orders under one key',
    more('orders', { ...balanced.orders[1]!, id: 'o3', journaled: false }),
    ['I1', 'I6'],
  ],
  ['an order that nobody wanted', { operations: balanced.operations.slice(1) }, ['I1']],
  [
    'an effect of a refused request (P6)',
    { operations: [balanced.operations[0]!, { ...balanced.operations[2]!, key: 'k2' }] },
    ['I1'],
  ],
  [
    'an order under another key',
    { operations: [{ ...balanced.operations[0]!, key: 'k9' }, ...balanced.operations.slice(1)] },
    ['I1'],
  ],
  ['a cancellation that was promised and forgotten', more('operations', cancelOf('o1', {})), ['I1']],
  ['an order that hangs', first('orders', { status: 'PENDING' }), ['I2', 'I3', 'I4', 'I11']],
  [
    'a saga that hangs',
    more('sagas', { id: 'o1', type: 'cancellation', state: 'running', stuck: true }),
    ['I2'],
  ],
  [
    'money taken for a rejected order',
    more('ledger', { ...balanced.ledger[0], orderId: 'o2' }),
    ['I3', 'I14'],
  ],
  ['a confirmed order without a payment', { ledger: [] }, ['I3', 'I14']],
  ['money taken twice', first('ledger', { captured: 400, captures: 2, authorized: 400 }), ['I3']],
  [
    'money set aside for ever',
    more('ledger', { ...balanced.ledger[0], orderId: 'o2', captured: 0, captures: 0 }),
    ['I3', 'I14'],
  ],
  ['money given back of an order that stands', first('ledger', { refunded: 200, refunds: 1 }), ['I3']],
  ['books that disagree', without('payments', 0), ['I3']],
  ['money of nobody', more('ledger', { ...balanced.ledger[0], orderId: 'o9' }), ['I3']],
  ['a payment that still wants something', first('payments', { operation: 'capture' }), ['I3']],
  ['pieces that vanished', first('stock', { onHand: 7 }), ['I4']],
  ['pieces sold that nobody bought', first('stock', { onHand: 7, sold: 3 }), ['I4']],
  ['a negative shelf', first('stock', { onHand: -2, received: 0 }), ['I4']],
  ['pieces reserved for nobody', first('stock', { onHand: 7, reserved: 1 }), ['I4']],
  [
    'a reservation that outlived its order',
    {
      reservations: [balanced.reservations[0]!, { ...balanced.reservations[1]!, state: 'HELD' }],
      ...first('stock', { onHand: 7, reserved: 1 }),
    },
    ['I4', 'I6', 'I14'],
  ],
  ['a confirmed order without its pieces', without('reservations', 0), ['I4', 'I6', 'I14']],
  [
    'an order that came back from its end',
    more('changes', { what: 'orders', key: 'o2', was: 'REJECTED', became: 'CONFIRMED' }),
    ['I5'],
  ],
  [
    'a payment that was captured and then only authorized',
    more('changes', { what: 'payments', key: 'o1', was: 'CAPTURED', became: 'AUTHORIZED' }),
    ['I5'],
  ],
  [
    'pieces released and sold',
    more('changes', { what: 'reservation', key: 'o2', was: 'RELEASED', became: 'SOLD' }),
    ['I5'],
  ],
  ['a step that was done twice', log('a: done', 'b: done', 'b: done'), ['I5']],
  [
    'undos in the order of doing',
    log('a: done', 'b: refused', 'a: undone', 'b: undone', 'checkout: rolled back'),
    ['I5'],
  ],
  [
    'a step that was never undone',
    log('a: done', 'b: refused', 'b: undone', 'checkout: rolled back'),
    ['I5'],
  ],
  [
    'a saga that went on after its end',
    log('a: refused', 'a: undone', 'checkout: rolled back', 'b: done'),
    ['I5'],
  ],
  ['a message that waits', { outboxes: { orders: 1 } }, ['I6']],
  ['a command that never came', { inboxes: { ...balanced.inboxes, inventory: [] } }, ['I6']],
  [
    'an event that is only in the inbox of a subscriber that remembers it by its rows',
    { notifications: [], inboxes: { ...balanced.inboxes, notifications: ['m3', 'm4'] } },
    ['I6'],
  ],
  [
    'an answer that its saga has not taken',
    { sagas: balanced.sagas.map((saga) => ({ ...saga, state: 'running' })) },
    ['I2', 'I6'],
  ],
  ['an end that nobody was told of', without('notifications', 0), ['I6']],
  ['an end that never stood in the outbox', without('published', 2), ['I6']],
  ['a message that entered twice', { inboxes: { ...balanced.inboxes, orders: ['m2', 'm2'] } }, ['I7']],
  [
    'a question that was answered twice',
    {
      published: [...balanced.published, { ...balanced.published[1]!, id: 'm5' }],
      inboxes: { ...balanced.inboxes, orders: ['m2', 'm5'] },
    },
    ['I7'],
  ],
  ['a queue that is not empty', more('queues', { name: 'inventory', messages: 3, consumers: 1 }), ['I8']],
  [
    'a consumer that is gone',
    more('queues', { name: 'inventory', messages: 0, consumers: 0, expectedConsumers: 1 }),
    ['I8'],
  ],
  [
    'a dead letter that was no poison',
    more('deadLetters', { service: 'orders', reason: 'threw', body: 'm8' }),
    ['I8'],
  ],
  ['poison that is gone', { deadLetters: [] }, ['I8']],
  [
    'a process that ended by an error',
    { processes: [{ ...balanced.processes[0]!, lastWords: ['orders ends: TypeError'] }] },
    ['I9'],
  ],
  ['memory that does not come back', { processes: [{ ...balanced.processes[0]!, rssMb: 121 }] }, ['I9']],
  ['a transaction that nobody works in', { idleHolders: ['orders (pid 1) is idle in transaction'] }, ['I9']],
  [
    'an answer outside the contract',
    said(0, { orderId: 'o1', status: 'CONFIRMED', breaches: ['418'] }),
    ['I10'],
  ],
  ['another order for the same key', said(0, { orderId: 'o2' }), ['I11']],
  [
    'another end for the same key',
    said(0, { orderId: 'o1', said: 'OutOfStock', status: 'REJECTED' }),
    ['I11'],
  ],
  ['a conflict with itself', said(0, { outcome: 'refused', said: 'IdempotencyConflict' }), ['I11']],
  [
    'an order with another trace than its client began',
    {
      operations: [{ ...balanced.operations[0]!, traceId: 'c'.repeat(32) }, ...balanced.operations.slice(1)],
    },
    ['I12'],
  ],
  [
    'a message with a trace of its own',
    { published: [{ ...balanced.published[0]!, traceId: 'c'.repeat(32) }, ...balanced.published.slice(1)] },
    ['I12'],
  ],
  [
    'a mail with a trace of its own',
    {
      notifications: [
        { ...balanced.notifications[0]!, traceId: 'c'.repeat(32) },
        ...balanced.notifications.slice(1),
      ],
    },
    ['I12'],
  ],
  [
    'an order that was rejected though nothing was wrong with it',
    {
      orders: balanced.orders.map((order) => ({ ...order, rejection: order.rejection && 'saga.timed-out' })),
    },
    ['I13'],
  ],
  [
    'an order that was rejected without a reason',
    { orders: balanced.orders.map((order) => ({ ...order, rejection: null })) },
    ['I13'],
  ],
  [
    'a journal that replays to another state',
    { histories: balanced.histories.map((history) => ({ ...history, differs: 'replayed …, stored …' })) },
    ['I14'],
  ],
  [
    'a line of a step that had no effect',
    {
      steps: balanced.steps.map((line) => (line.outcome === 'refused' ? { ...line, outcome: 'done' } : line)),
    },
    ['I14'],
  ],
  [
    'an undo that had no effect',
    {
      ...more('steps', { sagaId: 'o1', type: 'checkout', step: 'reserve', outcome: 'undone' }),
    },
    ['I14'],
  ],
  [
    'a line of another definition',
    more('steps', { sagaId: 'o1', type: 'checkout', step: 'check fraud', outcome: 'done' }),
    ['I14'],
  ],
];

describe('the checker', () => {
  it('finds nothing in a world in which nothing is wrong', () => {
    expect(check(balanced)).toEqual([]);
  });

  it.each(CASES)('notices %s', (_, change, invariants) => {
    expect(broken(check({ ...balanced, ...change }))).toEqual(invariants);
  });

  it('has seen each of its invariants bite', () => {
    const bitten = new Set(CASES.flatMap(([, , invariants]) => invariants));
    expect(Object.keys(INVARIANTS).filter((invariant) => !bitten.has(invariant as Invariant))).toEqual([]);
  });

  it('tells of a rejection what it was for and which products', () => {
    const orders = balanced.orders.map((order) => ({ ...order, rejection: 'saga.timed-out' }));
    expect(check({ ...balanced, orders })).toMatchObject([
      { invariant: 'I13', rejected: { reason: 'saga.timed-out', skus: ['A'] } },
    ]);
  });

  it.each<[string, Partial<World>]>([
    [
      'an order that was out of stock',
      { orders: balanced.orders.map((order) => ({ ...order, rejection: 'inventory.out-of-stock' })) },
    ],
    [
      'a message that lies among the dead letters',
      {
        inboxes: { ...balanced.inboxes, orders: [] },
        deadLetters: [...balanced.deadLetters, { service: 'orders', reason: 'threw', body: '{"id":"m2"}' }],
        poison: [...balanced.poison, { service: 'orders', mark: 'm2' }],
      },
    ],
    [
      'a stuck saga to which somebody was called',
      {
        ...first('orders', { status: 'NEEDS_ATTENTION' }),
        sagas: [{ id: 'o1', type: 'checkout', state: 'running', stuck: true }],
      },
    ],
    [
      'a rolled back saga with a step that needs no undo',
      {
        ...log('a: done', 'b: done', 'a: undone', 'checkout: rolled back'),
        histories: balanced.histories.map((history) => ({
          ...history,
          steps: [history.steps.find(({ name }) => name === 'a')!, { name: 'b', command: 'b.do' }],
        })),
      },
    ],
    ['an order that was cancelled since', said(0, { orderId: 'o1', said: 'PENDING', status: 'PENDING' })],
    [
      'one key from two clients at once',
      more('operations', { ...balanced.operations[0]!, traceId: 'c'.repeat(32) }),
    ],
  ])('has nothing against %s', (_, change) => {
    expect(check({ ...balanced, ...change })).toEqual([]);
  });
});
