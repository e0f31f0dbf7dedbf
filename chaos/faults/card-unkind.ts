import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { advanceCards, setCardFaults } from '../tools/card-processor.ts';

const webhook = { operation: 'webhook' } as const;

export const cardUnkind: Fault = {
  name: 'card-unkind',
  title:
    'refunds fail later or stay pending, cards want authentication, events come twice, early, late, swapped',
  load: {
    cards: [
      [55, 'pm_card_visa'],
      [20, 'pm_card_pendingRefund'],
      [10, 'pm_card_authenticationRequired'],
      [10, 'pm_card_threeDSecure2Required'],
      [5, 'pm_card_visa_chargeDeclined'],
    ],
    // Refunds need cancelled orders.
    cancels: 0.5,
  },
  async run(world) {
    await setCardFaults(world, [
      { operation: 'refund', kind: 'refund-fails-later', delayMs: 1_000, probability: 0.3 },
      { operation: 'refund', kind: 'refund-pending', probability: 0.2 },
      { operation: 'refund', kind: 'refund-pending-fails', delayMs: 1_000, probability: 0.2 },
      // The refund has failed, and was told of, before its own answer arrives.
      { operation: 'refund', kind: 'delay', when: 'after', delayMs: 3_000, probability: 0.5 },
      // The hold is told of by its event alone: the answer is a stored 500, and search does not know it yet.
      { operation: 'create', kind: 'error', when: 'after', stored: true, probability: 0.05 },
      { operation: 'create', kind: 'delay', when: 'after', delayMs: 1_500, probability: 0.2 },
      { operation: 'search', kind: 'stale', delayMs: 90_000 },
      { ...webhook, kind: 'early', probability: 0.2 },
      { ...webhook, kind: 'reorder', delayMs: 5_000, probability: 0.2 },
      { ...webhook, kind: 'repeat', delayMs: 4_000, probability: 0.2 },
      { ...webhook, kind: 'duplicate', probability: 0.2 },
      { ...webhook, kind: 'delay', delayMs: 3_000, probability: 0.2 },
      { ...webhook, kind: 'fresh', probability: 0.2 },
    ]);
    world.did('the card processor is unkind');
    await delay(20_000);
    await setCardFaults(world, []);
    // Refunds that are still to turn and webhooks that are still to come do so now.
    await advanceCards(world, 3_600_000);
    world.did('the card processor is kind again; an hour passes there');
  },
};
