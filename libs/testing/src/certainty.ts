import { expect } from '@jest/globals';
import { Code, type Failure } from '@caravan/contracts';

/** The part of a proxy that cuts its lines at given bytes; `chaos/tools/proxy.ts` is one. */
interface Cutter {
  readonly rules: {
    direction: 'to-server' | 'to-client';
    matches: (chunk: Buffer) => boolean;
    when: 'before' | 'after';
    times: number;
  }[];
}

/** More packets than any request sends to the database. */
const MOST = 12;

/**
 * Loses the database at each packet that a request sends to it, before and after it has arrived, and compares what the answer promises
 * with what the database holds: only `caravan.deadline-exceeded` may be said of a change.
 * @param ask a new request each time
 * @param snapshot what such a request changes
 */
export async function promisesNoMoreThanItKnows(
  database: Cutter,
  ask: () => Promise<unknown>,
  snapshot: () => Promise<unknown>,
): Promise<void> {
  const told: string[] = [];
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; n <= MOST; n++) {
      const before = await snapshot();
      let sent = 0;
      const rule = { direction: 'to-server' as const, matches: () => ++sent === n, when, times: 1 };
      database.rules.push(rule);
      const code = await ask().then(
        () => 'done',
        (failure: Failure) => failure.code,
      );
      database.rules.splice(0);
      told.push(`${when} packet ${n}: ${code}`);
      if (code !== 'done' && code !== Code.deadlineExceeded)
        expect([when, n, code, await snapshot()]).toEqual([when, n, code, before]);
    }
  }
  // Otherwise nothing was shown. What is idempotent is repeated and done where the outcome was unknown.
  expect(told.join('\n')).toContain(Code.unavailable);
}
