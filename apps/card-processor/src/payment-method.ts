import type { RefundFate } from './refund.ts';

/** Something only a sandbox's card does, to the call that confirms a payment. */
export type Quirk = 'lost-answer' | 'slow' | 'flaky';

export interface PaymentMethod {
  readonly id: string;
  readonly brand: 'visa' | 'mastercard';
  readonly last4: string;
  readonly decline?: { readonly code: string; readonly message: string };
  /** The bank wants the customer's authentication (3-D Secure). */
  readonly authentication?: boolean;
  /** Every refund to the card goes on like this. */
  readonly refunds?: RefundFate;
  /** The reason for which the customer disputes the captured charge. */
  readonly dispute?: string;
  readonly quirk?: Quirk;
}

/** When refunds turn and disputes come, after the call they follow from. */
export const LATER_SECONDS = 3;
/** How long `pm_sandbox_slow` thinks before it charges. */
export const SLOW_MS = 3_000;
/** How many times `pm_sandbox_flaky` answers 500 first. */
export const FLAKY_FAILURES = 2;

const visa = { brand: 'visa', last4: '4242' } as const;

const methods: readonly PaymentMethod[] = [
  { id: 'pm_card_visa', ...visa },
  { id: 'pm_card_mastercard', brand: 'mastercard', last4: '4444' },
  {
    id: 'pm_card_visa_chargeDeclined',
    brand: 'visa',
    last4: '0002',
    decline: { code: 'generic_decline', message: 'Your card was declined.' },
  },
  {
    id: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    brand: 'visa',
    last4: '9995',
    decline: { code: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  },
  { id: 'pm_card_authenticationRequired', brand: 'visa', last4: '3184', authentication: true },
  { id: 'pm_card_threeDSecure2Required', brand: 'visa', last4: '3220', authentication: true },
  { id: 'pm_card_pendingRefund', brand: 'visa', last4: '7726', refunds: 'pending' },
  { id: 'pm_card_refundFail', brand: 'visa', last4: '5126', refunds: 'fails-later' },
  { id: 'pm_card_createDispute', brand: 'visa', last4: '0259', dispute: 'fraudulent' },
  {
    id: 'pm_card_createDisputeProductNotReceived',
    brand: 'visa',
    last4: '2685',
    dispute: 'product_not_received',
  },
  { id: 'pm_sandbox_lost_answer', ...visa, quirk: 'lost-answer' },
  { id: 'pm_sandbox_slow', ...visa, quirk: 'slow' },
  { id: 'pm_sandbox_flaky', ...visa, quirk: 'flaky' },
];

const byId = new Map(methods.map((method) => [method.id, method]));

export const paymentMethod = (id: string): PaymentMethod | undefined => byId.get(id);
