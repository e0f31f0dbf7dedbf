/** So much of a retry each first call earns, and so many retries are kept for later at most. */
const SHARE = 0.1;
const MOST = 10;
/** Where nothing is called for the first time for so long, one retry a look finds out whether it works again. */
const QUIET_MS = 3_000;

/**
 * Keeps retries from becoming most of the load of something that is ill.
 * https://sre.google/sre-book/handling-overload/#deciding-to-retry
 */
export class RetryBudget {
  private saved = 0;
  private earnedAt = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A call was made for the first time. */
  earn(): void {
    this.saved = Math.min(MOST, this.saved + SHARE);
    this.earnedAt = this.now();
  }

  /** Takes all that may be repeated now. @returns how many */
  spend(): number {
    const whole = Math.floor(this.saved + 1e-9);
    this.saved -= whole;
    return whole || (this.now() - this.earnedAt > QUIET_MS ? 1 : 0);
  }
}
