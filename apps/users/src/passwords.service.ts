import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { currentContext } from '@caravan/platform';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { normalizePassword } from './password.ts';
import { tooBusy } from './user.errors.ts';

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. About 25 ms of one core. */
const ARGON2ID = {
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** A flood of logins may take neither all threads nor memory without end, nor queue for longer than anybody waits. */
const AT_ONCE = Math.max(1, Math.min(3, availableParallelism()));
const WAITING = 128;

@Injectable()
export class PasswordsService {
  private readonly turns = bulkhead(AT_ONCE, WAITING);
  private readonly nobodys = hash('nobody has this password', ARGON2ID);

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normalizePassword(password), ARGON2ID));
  }

  /** Takes as long for an account that does not exist as for one that does. Call it inside of `inTurn`. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const matches = await verify(passwordHash ?? (await this.nobodys), normalizePassword(password));
    return matches && passwordHash !== undefined;
  }

  /** @throws Failure `caravan.unavailable` when too many are waiting already, or nobody waits for this one any more */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { deadline = Infinity } = currentContext();
    try {
      return await this.turns.execute(() =>
        performance.now() < deadline ? work() : Promise.reject(tooBusy(undefined)),
      );
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? tooBusy(error) : error;
    }
  }
}
