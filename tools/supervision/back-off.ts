const FIRST_MS = 200;
const LONGEST_MS = 10_000;
const HEALTHY_MS = 30_000;
/** So many accidents within a minute are met at once; more look like a fault of its own. */
const ACCIDENTS = { atOnce: 6, withinMs: 60_000, pauseMs: 1_000 };

/**
 * How long to wait before a process that died is started again. One that was ready had an accident: at once. One that
 * never becomes ready would die of the same cause again: 200 ms, doubling to 10 s.
 */
export class BackOff {
  private deaths = 0;
  private failures = 0;
  private accidents: number[] = [];

  /** Tells of a death after `healthyMs` of health, undefined if it never was ready; answers the milliseconds to wait. */
  next(healthyMs: number | undefined, now = performance.now()): number {
    if (healthyMs !== undefined && healthyMs >= HEALTHY_MS) this.deaths = 0;
    this.deaths++;
    if (healthyMs === undefined) return Math.min(LONGEST_MS, FIRST_MS * 2 ** this.failures++);
    this.failures = 0;
    this.accidents = [...this.accidents.filter((at) => at > now - ACCIDENTS.withinMs), now];
    return this.accidents.length <= ACCIDENTS.atOnce ? 0 : ACCIDENTS.pauseMs;
  }

  /** Deaths since it was last healthy for long. */
  get inARow(): number {
    return this.deaths;
  }
}
