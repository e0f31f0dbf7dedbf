import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { clientKey } from '@caravan/platform';
import { delayAfter } from './attempt.ts';
import { AttemptsRepository } from './attempts.repository.ts';
import { tooManyAttempts } from './user.errors.ts';

/** Delayed logins of one client at a time; so delays cost a client its speed, and this process nothing. */
const WAITING_PER_CLIENT = 2;
const RETRY_AFTER_SECONDS = 3;

/** Lets logins to an account that is being guessed at wait, before they take a turn at hashing. */
@Injectable()
export class DelaysService {
  private readonly waiting = new Map<string, number>();

  constructor(private readonly attempts: AttemptsRepository) {}

  /** @throws Failure `users.too-many-attempts` when enough logins of this client are waiting already */
  async wait(account: string, address: string): Promise<void> {
    const ms = delayAfter(await this.attempts.failuresOf(account));
    if (ms === 0) return;
    const client = clientKey(address) ?? '';
    const others = this.waiting.get(client) ?? 0;
    if (others >= WAITING_PER_CLIENT) throw tooManyAttempts(RETRY_AFTER_SECONDS);
    this.waiting.set(client, others + 1);
    try {
      await delay(ms);
    } finally {
      const left = this.waiting.get(client)! - 1;
      if (left === 0) this.waiting.delete(client);
      else this.waiting.set(client, left);
    }
  }
}
