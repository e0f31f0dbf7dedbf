import type { Api } from '../checker/operation.ts';
import type { Random } from '../random.ts';
import type { OrderInput } from './shop.ts';

export type CardShares = readonly (readonly [share: number, card: string])[];

/** Most are paid; some cards are declined, some make the processor slow, flaky or silent. */
const CARDS: CardShares = [
  [70, 'pm_card_visa'],
  [12, 'pm_card_mastercard'],
  [7, 'pm_card_visa_chargeDeclined'],
  [3, 'pm_card_visa_chargeDeclinedInsufficientFunds'],
  [4, 'pm_sandbox_flaky'],
  [2, 'pm_sandbox_slow'],
  [2, 'pm_sandbox_lost_answer'],
];

const ADDRESS = {
  name: 'Stormy Weather',
  line1: '1 Cape Road',
  city: 'Galway',
  postalCode: 'H91',
  country: 'IE',
};

/** What the n-th customer wants, and what else they do about it. */
export interface Plan {
  readonly input: OrderInput;
  readonly cancels: boolean;
  /** Sends it twice at the same time. */
  readonly impatient: boolean;
  readonly api: Api;
}

export function card(random: Random, cards = CARDS): string {
  let left = random.next() * cards.reduce((sum, [share]) => sum + share, 0);
  for (const [share, name] of cards) if ((left -= share) < 0) return name;
  return cards[0]![1];
}

/** One to three lines; four of five from the few products that everybody wants. */
export function plan(
  random: Random,
  key: string,
  skus: readonly string[],
  hot: number,
  { cards, cancels = 0.1 }: { cards?: CardShares; cancels?: number } = {},
): Plan {
  const count = random.int(1, 3);
  const lines = Array.from({ length: count }, () => ({
    sku: random.chance(0.8) ? skus[random.int(0, Math.min(hot, skus.length) - 1)]! : random.pick(skus),
    quantity: random.int(1, 3),
  }));
  return {
    input: orderInput(key, lines, card(random, cards)),
    cancels: random.chance(cancels),
    impatient: random.chance(0.05),
    api: random.chance(0.3) ? 'mobile' : 'web',
  };
}

export function orderInput(
  idempotencyKey: string,
  lines: OrderInput['lines'],
  paymentMethod = 'pm_card_visa',
): OrderInput {
  return { idempotencyKey, lines, paymentMethod, shippingAddress: ADDRESS };
}
