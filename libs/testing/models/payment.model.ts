import { PaymentsFailure } from '@caravan/contracts';
import { participant, type React, type Reaction } from '@caravan/saga/testing';

/** What payments does with one order; apps/payments/test/model.spec.ts compares it with the service and the card processor. */
export interface PaymentState {
  readonly is: 'none' | 'AUTHORIZED' | 'DECLINED' | 'CAPTURED' | 'VOIDED' | 'REFUNDED';
  /** How often money was set aside, taken and given back. */
  readonly authorizations: number;
  readonly captures: number;
  readonly refunds: number;
  /** A refund came back from the bank; it does not count among `refunds` any more. */
  readonly bounced?: boolean;
}

const failure = (code: string) => ({ code, message: '' });
const declined = failure(PaymentsFailure.declined);

/** Sets the money aside or declines for good; a payment that was called off can never be made. */
export const authorize: React<PaymentState> = (state) => {
  switch (state.is) {
    case 'none':
      return [
        { state: { ...state, is: 'AUTHORIZED', authorizations: state.authorizations + 1 }, answer: 'ok' },
        { state: { ...state, is: 'DECLINED' }, answer: declined },
      ];
    case 'DECLINED':
      return [{ state, answer: declined }];
    case 'VOIDED':
    case 'REFUNDED':
      return [{ state, answer: failure(PaymentsFailure.refused) }];
    default:
      return [{ state, answer: 'ok' }];
  }
};

export const capture: React<PaymentState> = (state) => {
  if (state.is === 'CAPTURED') return [{ state, answer: 'ok' }];
  if (state.is === 'AUTHORIZED')
    return [{ state: { ...state, is: 'CAPTURED', captures: state.captures + 1 }, answer: 'ok' }];
  return [{ state, answer: failure(PaymentsFailure.notCapturable) }];
};

/** Named `voids`, for `void` is a word of the language. */
export const voids: React<PaymentState> = (state) =>
  state.is === 'CAPTURED' ? [{ state, answer: failure(PaymentsFailure.refused) }] : letGo(state);

/** Gives the money back, set aside or taken; a disputed charge is not refunded while the dispute lasts. */
export const refund: React<PaymentState> = (state) =>
  state.is === 'CAPTURED'
    ? [{ state: { ...state, is: 'REFUNDED', refunds: state.refunds + 1 }, answer: 'ok' }]
    : letGo(state);

function letGo(state: PaymentState): Reaction<PaymentState>[] {
  const called = state.is === 'none' || state.is === 'AUTHORIZED';
  return [{ state: called ? { ...state, is: 'VOIDED' } : state, answer: 'ok' }];
}

/** As `refund`, and the customer's bank may dispute the charge. */
export const disputedRefund: React<PaymentState> = (state) =>
  state.is === 'CAPTURED'
    ? [...refund(state), { state, answer: failure(PaymentsFailure.disputed) }]
    : refund(state);

/** As `capture`, and the hold may have ended by itself, and the card be declined when it is authorized anew. */
export const expiringCapture: React<PaymentState> = (state) =>
  state.is === 'AUTHORIZED'
    ? [
        ...capture(state),
        { state: { ...state, is: 'VOIDED' }, answer: failure(PaymentsFailure.notCapturable) },
      ]
    : capture(state);

export const noPayment: PaymentState = { is: 'none', authorizations: 0, captures: 0, refunds: 0 };
export const payment = participant<PaymentState, 'authorize' | 'capture' | 'void' | 'refund'>(
  'payments',
  noPayment,
  {
    authorize,
    capture: expiringCapture,
    void: voids,
    refund: disputedRefund,
  },
);
