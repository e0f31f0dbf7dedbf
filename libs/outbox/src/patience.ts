import type { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '@caravan/messaging';
import { translated } from './database.errors.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Does what a start needs of the database, again and again until it is done: services and servers start in any order, and a
 * database that goes away in the middle must not end the process. Says the reason first and then at every tenth attempt.
 * @param isPassing which errors are worth another attempt; unless told, those that are nobody's fault
 * @throws what is not
 */
export async function untilAnswered<T>(
  log: Pick<Logger, 'warn'>,
  work: () => Promise<T>,
  isPassing = (error: unknown): boolean => translated(error) instanceof TransientError,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (attempt % 10 === 0)
        log.warn(`The database is not there yet (${(error as Error).message}); trying again`);
      await delay(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random()));
    }
  }
}
