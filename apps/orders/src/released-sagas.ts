import type { ReleasedDefinition } from '@caravan/saga';

/** Every definition that was released. Written by "npm run generate"; see docs/sagas.md. */
export const RELEASED: readonly ReleasedDefinition[] = [
  {
    name: 'cancellation.v1',
    fingerprint: 'bd7fa31a48e5',
    storedByPosition: true,
    type: 'cancellation',
    steps: [
      {
        name: 'refund payment',
        kind: 'ask',
        command: 'payments.refund-payment',
        untilDone: true,
        withinMs: 10000,
      },
      {
        name: 'return stock',
        kind: 'ask',
        command: 'inventory.release-stock',
        untilDone: true,
        withinMs: 10000,
      },
      { name: 'cancel order', kind: 'local' },
    ],
  },
  {
    name: 'checkout.v1',
    fingerprint: 'eecd2f899c2f',
    storedByPosition: true,
    type: 'checkout',
    steps: [
      {
        name: 'reserve stock',
        kind: 'ask',
        command: 'inventory.reserve-stock',
        undo: 'inventory.release-stock',
        untilDone: false,
        withinMs: 10000,
      },
      {
        name: 'authorize payment',
        kind: 'ask',
        command: 'payments.authorize-payment',
        undo: 'payments.void-payment',
        untilDone: false,
        withinMs: 30000,
      },
      { name: 'confirm order', kind: 'local' },
      {
        name: 'capture payment',
        kind: 'ask',
        command: 'payments.capture-payment',
        untilDone: true,
        withinMs: 10000,
      },
    ],
  },
];
