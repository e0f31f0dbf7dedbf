import { Failure, PaymentsFailure } from '@caravan/contracts';

/** No money: `code` is the processor's own word for why the card was refused, or a failure that is no card's. */
export function declined(code: string): Failure {
  if (code === PaymentsFailure.invalidMethod)
    return new Failure(code, 'The payment method does not exist or cannot be used.');
  if (code === PaymentsFailure.invalidAmount)
    return new Failure(code, 'The card processor does not take this amount.');
  return new Failure(PaymentsFailure.declined, 'The card was declined.', { code });
}

export const disputed = (): Failure =>
  new Failure(
    PaymentsFailure.disputed,
    'The bank disputes this charge and decides about the money: a refund would pay twice.',
  );

export const refused = (why: string): Failure => new Failure(PaymentsFailure.refused, why);

export const notCapturable = (): Failure =>
  new Failure(PaymentsFailure.notCapturable, 'There is no money set aside for this order.');

export const badSignature = (): Failure =>
  new Failure(PaymentsFailure.badSignature, 'The signature does not belong to this notice.');

export const staleSignature = (): Failure =>
  new Failure(PaymentsFailure.staleSignature, 'The notice was not signed just now.');
