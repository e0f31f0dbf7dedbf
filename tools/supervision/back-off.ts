const FIRST_MS = 200;
const LONGEST_MS = 10_000;
const HEALTHY_MS = 30_000;

/** How long to wait before a process that died is started again: at once first, then doubling to 10 s. */
export class BackOff {
  private deaths = 0;

  /** Tells of a death after `healthyMs` of health; answers the milliseconds to wait. */
  next(healthyMs: number): number {
    if (healthyMs >= HEALTHY_MS) this.deaths = 0;
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** this.deaths++);
  }

  /** Deaths since it was last healthy for long. */
  get inARow(): number {
    return this.deaths;
  }
}
