import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 as uuid } from 'node:crypto';
import fc from 'fast-check';
import {
  AuthorizePayment,
  CapturePayment,
  PaymentsFailure,
  RefundPayment,
  VoidPayment,
} from '@caravan/contracts';
import type { React } from '@caravan/saga/testing';
import { compareWithModel, historiesOf, playAll, type Told } from '@caravan/testing';
import { payment, type PaymentState } from '@caravan/testing/models';
import { Harness } from './harness.ts';

type Verb = 'authorize' | 'capture' | 'void' | 'refund';
interface History {
  readonly card: 'good' | 'declined';
  /** The messages of a group are sent at the same time. */
  readonly groups: readonly (readonly Verb[])[];
  /** What goes wrong at the card processor, once each. */
  readonly faults: readonly { operation: string; kind: string; when: string }[];
}

const VERBS: readonly Verb[] = ['authorize', 'capture', 'void', 'refund'];
const CONTRACTS = {
  authorize: AuthorizePayment,
  capture: CapturePayment,
  void: VoidPayment,
  refund: RefundPayment,
};
const CARDS = { good: 'pm_card_visa', declined: 'pm_card_visa_chargeDeclined' };
const AMOUNT = 1999;

let shop: Harness;
beforeAll(async () => {
  shop = await Harness.start();
});
afterAll(() => shop.stop());

/** What happens at the processor and at banks by itself does not happen here: no hold ends, no charge is disputed. */
const UNLIKELY: readonly string[] = [PaymentsFailure.disputed];
const reactions =
  (verb: Verb, card: History['card']): React<PaymentState> =>
  (state) => {
    const all = payment[verb].react(state);
    const usual = all.filter(
      ({ answer }) => typeof answer !== 'object' || !('code' in answer) || !UNLIKELY.includes(answer.code),
    );
    if (verb === 'capture' && state.is === 'AUTHORIZED') return usual.filter(({ answer }) => answer === 'ok');
    if (verb !== 'authorize' || state.is !== 'none') return usual;
    return usual.filter(({ answer }) => (answer === 'ok') === (card === 'good'));
  };

async function play({ card, groups, orderId }: History & { orderId: string }): Promise<void> {
  const data = { orderId, amountMinor: AMOUNT, currency: 'EUR', paymentMethod: CARDS[card] };
  const messages = groups.map((group) =>
    group.map((verb): Told<PaymentState> => ({
      name: verb,
      contract: CONTRACTS[verb],
      data: verb === 'authorize' ? data : { orderId },
      react: reactions(verb, card),
    })),
  );
  await compareWithModel<PaymentState>(
    shop.test,
    { is: 'none', authorizations: 0, captures: 0, refunds: 0 },
    messages,
    async () => {
      const [known, ledger] = await Promise.all([shop.payment(orderId), shop.ledger(orderId)]);
      const { authorized = 0, captured = 0, refunded = 0, voided = 0 } = ledger ?? {};
      const held = authorized - voided - captured;
      const money = { held, captured, refunded, refundedMinor: known?.refundedMinor ?? 0 };
      return {
        text: `${known?.status ?? 'none'}; ${JSON.stringify({ authorized, ...money })}`,
        is: (state) =>
          (known?.status ?? 'none') === state.is &&
          JSON.stringify(money) === JSON.stringify(moneyOf(state)) &&
          authorized <= AMOUNT,
      };
    },
  );
}

/**
 * What the shop and the customer have in the processor's ledger, and what the service says of refunds. An authorization that
 * waited for its outcome beside a void may be answered as called off after it was held and let go: nothing is held either way.
 */
function moneyOf({ is, captures, refunds }: PaymentState) {
  return {
    held: is === 'AUTHORIZED' ? AMOUNT : 0,
    captured: captures * AMOUNT,
    refunded: refunds * AMOUNT,
    refundedMinor: refunds * AMOUNT,
  };
}

async function playTogether(histories: readonly History[]): Promise<void> {
  const all = histories.map((history) => ({ ...history, orderId: uuid() }));
  await shop.faults(
    ...all.flatMap(({ faults, orderId }) => faults.map((fault) => ({ ...fault, orderId, count: 1 }))),
  );
  await playAll(all, all.length, play);
}

describe('payments does as its model in every saga of one order', () => {
  it('in every history of three commands, one after the other', async () => {
    const histories = historiesOf(VERBS, 3).flatMap((verbs) =>
      (['good', 'declined'] as const).map((card) => ({
        card,
        groups: verbs.map((verb) => [verb]),
        faults: [],
      })),
    );
    expect(histories).toHaveLength(168);
    await playAll(
      histories.map((history) => ({ ...history, orderId: uuid() })),
      24,
      play,
    );
  });

  it('in random histories of commands that arrive at the same time, while calls of the processor fail', async () => {
    const fault = fc.record({
      operation: fc.constantFrom('create', 'capture', 'cancel', 'refund'),
      kind: fc.constantFrom('error', 'reset', 'garbage'),
      when: fc.constantFrom('before', 'after'),
    });
    const group = fc.array(fc.constantFrom(...VERBS), { minLength: 1, maxLength: 3 });
    const history = fc.record({
      card: fc.constantFrom('good' as const, 'good' as const, 'declined' as const),
      groups: fc.array(group, { minLength: 1, maxLength: 4 }),
      faults: fc.array(fault, { maxLength: 2 }),
    });
    const histories = fc.array(history, { minLength: 1, maxLength: 10 });
    await fc.assert(fc.asyncProperty(histories, playTogether), {
      numRuns: 15,
      interruptAfterTimeLimit: 60_000,
    });
  });
});
