import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { cardAway } from './card-away.ts';
import { cardUnkind } from './card-unkind.ts';
import { type CardFault, setCardFaults } from '../tools/card-processor.ts';

const ill = (name: string, title: string, faults: readonly CardFault[], ms = 6_000): Fault => ({
  name: `card-${name}`,
  title,
  async run(world) {
    await setCardFaults(world, faults);
    world.did(faults.map(({ operation, kind }) => `${operation} ${kind}`).join(', '));
    await delay(ms);
    await setCardFaults(world, []);
    world.did('the card processor is well again');
  },
});

const often = { operation: '*', probability: 0.3 } as const;

export const cardProcessorFaults: Fault[] = [
  cardUnkind,
  cardAway,
  ill('lost-answers', 'calls are carried out, their answers never arrive', [
    { ...often, kind: 'lost', when: 'after' },
  ]),
  ill('lost-questions', 'calls never arrive and are never answered', [
    { ...often, kind: 'lost', when: 'before' },
  ]),
  ill('resets', 'lines are cut after the call was carried out', [{ ...often, kind: 'reset' }]),
  ill('errors', 'every call is a 500', [{ operation: '*', kind: 'error', status: 500 }], 15_000),
  ill(
    'stored-errors',
    'some calls are a 500 that is kept under their key',
    [{ ...often, kind: 'error', status: 500, stored: true, probability: 0.1 }],
    6_000,
  ),
  ill('throttles', '429 with Retry-After for half of the calls', [
    { operation: '*', kind: 'error', status: 429, retryAfter: 1, probability: 0.5 },
  ]),
  ill('garbage', 'answers that are no JSON', [{ ...often, kind: 'garbage' }]),
  ill('drips', 'answers that drip in, a hundredth every half second', [
    { ...often, kind: 'drip', probability: 0.1 },
  ]),
  ill('slow', 'every call takes two seconds', [{ operation: '*', kind: 'delay', delayMs: 2_000 }]),
  ill('webhooks-late', 'webhooks come five seconds late', [
    { operation: 'webhook', kind: 'delay', delayMs: 5_000 },
  ]),
  ill('webhooks-many', 'every webhook comes three times, some never', [
    { operation: 'webhook', kind: 'duplicate' },
    { operation: 'webhook', kind: 'duplicate' },
    { operation: 'webhook', kind: 'lost', probability: 0.2 },
  ]),
  ill('webhooks-first', 'the webhook comes before the answer', [
    { operation: '*', kind: 'delay', when: 'after', delayMs: 1_500 },
  ]),
  ill('webhooks-bad', 'webhooks badly signed, old, or of unknown payments', [
    { operation: 'webhook', kind: 'bad-signature', probability: 0.3 },
    { operation: 'webhook', kind: 'old', probability: 0.3 },
    { operation: 'webhook', kind: 'unknown-payment', probability: 0.3 },
  ]),
  ill(
    'late-success',
    'authorizations that succeed when the checkout has long given up',
    [{ operation: 'create', kind: 'delay', delayMs: 33_000, probability: 0.2 }],
    10_000,
  ),
  ill('refunds-fail', 'the bank refuses refunds for a while', [
    { operation: 'refund', kind: 'refund-fails' },
  ]),
  {
    name: 'card-frozen',
    title: 'the card processor does not answer for 15 s (SIGSTOP)',
    async run({ processes, did }) {
      did('SIGSTOP card-processor');
      await processes.freeze(['card-processor'], 15_000);
      did('SIGCONT card-processor');
    },
  },
];
