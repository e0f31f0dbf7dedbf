/** Seconds that an account is closed to an address after its 1st, 2nd, … wrong password in a row; the last for all later. */
export const PENALTIES = [0, 0, 0, 0, 30, 60, 120, 240, 480, 900] as const;

/** Seconds without a wrong password after which earlier ones are forgotten. */
export const FORGOTTEN_AFTER = 3600;

/** Wrong passwords of one account, from all clients together, after which each further login to it waits first. */
const SLOW_AFTER = 10;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;

/**
 * How long a login waits before its password is looked at, right or wrong: twice as long with each failure, up to three seconds.
 * It slows guessing from many addresses down, and locks no account. Milliseconds.
 */
export function delayAfter(failures: number): number {
  if (failures < SLOW_AFTER) return 0;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - SLOW_AFTER));
}
