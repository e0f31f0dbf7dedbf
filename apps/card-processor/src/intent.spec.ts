import { describe, expect, it } from '@jest/globals';
import { cancelIntent, captureIntent, confirmIntent, openIntent, type Intent } from './intent.ts';
import { paymentMethod } from './payment-method.ts';
import { refundIntent } from './refund.ts';

const card = (id: string) => paymentMethod(id)!;
const opened = (over: Partial<Intent> = {}): Intent => ({
  ...openIntent({
    id: 'pi_1',
    created: 1,
    amount: 4999,
    currency: 'eur',
    manual: true,
    metadata: { order_id: 'o-1' },
    description: null,
    customer: null,
    method: null,
  }),
  ...over,
});
const authorized = confirmIntent(opened(), card('pm_card_visa')).intent!;
const captured = captureIntent(authorized).intent!;
const refund = (intent: Intent, amount?: number, fails = false) =>
  refundIntent(intent, { id: 're_1', created: 1, reason: null, metadata: {}, amount, fails });

describe('a payment intent', () => {
  it('sets the money aside when capture is manual', () => {
    expect(confirmIntent(opened(), card('pm_card_visa'))).toMatchObject({
      intent: { status: 'requires_capture', method: 'pm_card_visa', charge: 'ch_1' },
      moved: [{ kind: 'authorized', amount: 4999 }],
      event: 'payment_intent.amount_capturable_updated',
    });
  });

  it('takes the money at once when capture is automatic', () => {
    const { intent, moved } = confirmIntent(opened({ manual: false }), card('pm_card_mastercard'));
    expect(intent).toMatchObject({ status: 'succeeded', captured: 4999 });
    expect(moved?.map(({ kind }) => kind)).toEqual(['authorized', 'captured']);
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('%s is declined with %s and moves nothing', (method, declineCode) => {
    const outcome = confirmIntent(opened(), card(method));
    expect(outcome).toMatchObject({
      intent: { status: 'requires_payment_method' },
      event: 'payment_intent.payment_failed',
      failure: { status: 402, code: 'card_declined', declineCode },
    });
    expect(outcome.moved).toBeUndefined();
  });

  it('can be confirmed with another card after a decline', () => {
    const declined = confirmIntent(opened(), card('pm_card_visa_chargeDeclined')).intent!;
    expect(confirmIntent(declined, card('pm_card_visa')).intent).toMatchObject({
      status: 'requires_capture',
      lastFailure: null,
    });
  });

  it('is captured once', () => {
    expect(captureIntent(authorized).moved).toEqual([{ kind: 'captured', amount: 4999 }]);
    expect(() => captureIntent(captured)).toThrow(/has a status of succeeded/);
    expect(() => confirmIntent(captured, card('pm_card_visa'))).toThrow(/has a status of succeeded/);
  });

  it('lets go of what is not captured', () => {
    expect(captureIntent(authorized, 999).moved).toEqual([
      { kind: 'captured', amount: 999 },
      { kind: 'voided', amount: 4000 },
    ]);
    expect(() => captureIntent(authorized, 5000)).toThrow(/greater than/);
  });

  it('is cancelled until it is captured', () => {
    expect(cancelIntent(authorized, 'abandoned', 9)).toMatchObject({
      intent: { status: 'canceled', canceledAt: 9 },
      moved: [{ kind: 'voided', amount: 4999 }],
    });
    expect(cancelIntent(opened(), null, 9).moved).toEqual([]);
    expect(() => cancelIntent(captured, null, 9)).toThrow(/status of succeeded/);
    expect(() => cancelIntent(cancelIntent(authorized, null, 9).intent!, null, 9)).toThrow(
      /status of canceled/,
    );
  });
});

describe('a refund', () => {
  it('gives back all that is left, and no more', () => {
    const part = refund(captured, 1000);
    expect(part.moved).toEqual([{ kind: 'refunded', amount: 1000 }]);
    expect(() => refund(part.intent!, 4000)).toThrow(/greater than unrefunded amount on charge \(3999\)/);
    const rest = refund(part.intent!);
    expect(rest.refund).toMatchObject({ amount: 3999, status: 'succeeded' });
    expect(() => refund(rest.intent!)).toThrow(/already been refunded/);
  });

  it('needs taken money', () => {
    expect(() => refund(authorized)).toThrow(/does not have a successful charge/);
  });

  it('that fails moves nothing', () => {
    const outcome = refund(captured, undefined, true);
    expect(outcome).toMatchObject({
      intent: { refunded: 0 },
      refund: { status: 'failed' },
      event: 'refund.failed',
    });
    expect(outcome.moved).toBeUndefined();
  });
});
