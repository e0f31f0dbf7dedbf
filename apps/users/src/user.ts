import { randomUUIDv7 } from 'node:crypto';
import type { Customer, Issue, Role } from '@caravan/contracts';
import { normalizeEmail } from './email.ts';
import { passwordIssue } from './password.ts';
import { invalidInput } from './user.errors.ts';

const MAX_NAME = 200;
/** Control characters, halves of characters, and what turns the direction of the text around it. */
const UNFIT_FOR_A_NAME = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/** What somebody has to say to become a customer, checked and brought into one spelling. */
export interface Application {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/**
 * Checks all that was said at once.
 * @throws Failure `users.invalid` with an issue for each thing that is wrong
 */
export function apply(said: { email: string; name: string; password: string }): Application {
  const issues: Issue[] = [];
  const email = normalizeEmail(said.email);
  const name = said.name.normalize('NFC').trim();
  if (email === undefined) issues.push({ path: 'email', message: 'This is not an e-mail address.' });
  const password = passwordIssue(said.password);
  if (password !== undefined) issues.push({ path: 'password', message: password });
  if (name === '') issues.push({ path: 'name', message: 'The name is missing.' });
  if (name.length > MAX_NAME)
    issues.push({ path: 'name', message: `The name may have at most ${MAX_NAME} characters.` });
  if (UNFIT_FOR_A_NAME.test(name))
    issues.push({ path: 'name', message: 'The name holds control characters.' });
  if (issues.length > 0) throw invalidInput(issues);
  return { email: email!, name, password: said.password };
}

/** Somebody with an account. */
export class User {
  readonly id!: string;
  readonly email!: string;
  readonly name!: string;
  readonly passwordHash!: string;
  readonly roles!: Role[];
  readonly createdAt!: Date;

  /** A new customer; the password only ever as its hash. */
  static register(
    who: { email: string; name: string },
    passwordHash: string,
    roles: Role[] = ['customer'],
  ): User {
    const { email, name } = who;
    return Object.assign(new User(), {
      id: randomUUIDv7(),
      email,
      name,
      passwordHash,
      roles,
      createdAt: new Date(),
    });
  }

  /** What others may know. */
  toCustomer(): Customer {
    return { id: this.id, email: this.email, name: this.name, roles: [...this.roles] };
  }
}
