import { Failure, type Issue, unavailable, UsersFailure } from '@caravan/contracts';

export const invalidInput = (issues: Issue[]) =>
  new Failure(UsersFailure.invalid, issues.map((issue) => issue.message).join(' '), { issues });

export const emailTaken = () =>
  new Failure(
    UsersFailure.emailTaken,
    'There is an account with this e-mail address already. Sign in instead.',
  );

/** The same words whether the account exists or not. */
export const badCredentials = () =>
  new Failure(UsersFailure.badCredentials, 'The e-mail address or the password is not right.');

export const tooManyAttempts = (retryAfterSeconds: number) =>
  new Failure(
    UsersFailure.tooManyAttempts,
    `Too many wrong passwords. Try again in ${retryAfterSeconds} seconds.`,
    { retryAfterSeconds },
  );

export const badRefreshToken = () =>
  new Failure(UsersFailure.badRefreshToken, 'This session has ended. Sign in again.');

export const tooBusy = (cause: unknown) => unavailable('Signing in', cause);
