import { Failure, PaymentsFailure } from '@caravan/contracts';

/** The card was refused; `code` is the processor's own word for why. */
export const declined = (code: string): Failure =>
  new Failure(PaymentsFailure.declined, 'The card was declined.', { code });

export const refused = (why: string): Failure => new Failure(PaymentsFailure.refused, why);

export const notCapturable = (): Failure =>
  new Failure(PaymentsFailure.notCapturable, 'There is no money set aside for this order.');

export const badSignature = (): Failure =>
  new Failure(PaymentsFailure.badSignature, 'The signature does not belong to this notice.');

export const staleSignature = (): Failure =>
  new Failure(PaymentsFailure.staleSignature, 'The notice was signed too long ago.');
