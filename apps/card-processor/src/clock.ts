/** Longest delay that `setTimeout` takes; longer ones are armed in steps. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

interface Timer {
  /** In ms of the moved monotonic clock. */
  readonly dueAt: number;
  readonly run: () => void;
  handle?: NodeJS.Timeout;
}

/**
 * The sandbox's time: the machine's, plus the distance that tests have moved it forward. Timers follow the moves.
 * Only webhook signatures carry the machine's own time, because receivers compare them with theirs.
 */
export class Clock {
  private moved = 0;
  private readonly timers = new Set<Timer>();

  /** Distance from the machine's clock in ms. */
  get offsetMs(): number {
    return this.moved;
  }

  /** Unix time in ms. */
  now(): number {
    return Date.now() + this.moved;
  }

  /** Unix time in whole seconds, as Stripe writes times. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Sets the distance without running timers: for a restart, whose timers come later, and for a reset. */
  restore(offsetMs: number): void {
    this.moved = offsetMs;
  }

  /** Moves forward and runs every timer that became due, in the order of their times. */
  advance(ms: number): void {
    this.moved += ms;
    const now = this.monotonic();
    const due = [...this.timers].filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    for (const timer of this.timers) {
      clearTimeout(timer.handle);
      if (timer.dueAt > now) this.arm(timer);
    }
    for (const timer of due) if (this.timers.delete(timer)) timer.run();
  }

  /** Runs `run` once, `ms` of this clock from now. Returns what cancels it. */
  in(ms: number, run: () => void): () => void {
    const timer: Timer = { dueAt: this.monotonic() + ms, run };
    this.timers.add(timer);
    this.arm(timer);
    return () => {
      clearTimeout(timer.handle);
      this.timers.delete(timer);
    };
  }

  private arm(timer: Timer): void {
    const left = Math.max(0, timer.dueAt - this.monotonic());
    timer.handle = setTimeout(
      () => {
        if (left > MAX_TIMEOUT_MS) this.arm(timer);
        else if (this.timers.delete(timer)) timer.run();
      },
      Math.min(left, MAX_TIMEOUT_MS),
    ).unref();
  }

  private monotonic(): number {
    return performance.now() + this.moved;
  }
}
