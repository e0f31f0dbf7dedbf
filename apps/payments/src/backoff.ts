const FIRST_MS = 250;
const LAST_MS = 30_000;

/**
 * How long to wait after the n-th attempt (from 1) that left the outcome open: doubling from 250 ms to 30 s,
 * spread by ±20 % so that what failed together does not come back together.
 */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 16));
  return Math.round(full * (0.8 + 0.4 * random()));
}
