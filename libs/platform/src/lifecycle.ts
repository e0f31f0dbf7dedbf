/** Phases of a shutdown, in order: nothing new comes in; what is in flight ends; what is to leave leaves. */
export const DRAIN_PHASES = ['intake', 'in-flight', 'outgoing'] as const;
export type DrainPhase = (typeof DRAIN_PHASES)[number];

/** Throws or rejects when the thing is not well. */
export type Probe = () => void | Promise<void>;

/** What this process needs to be ready, and what it must do before it may go. */
export class Lifecycle {
  readonly probes = new Map<string, Probe>();
  private readonly drains: { phase: DrainPhase; run: () => Promise<void> }[] = [];
  private state: 'starting' | 'started' | 'draining' = 'starting';

  /** The service is ready only while `check` passes. */
  addProbe(name: string, check: Probe): void {
    this.probes.set(name, check);
  }

  /** Runs at shutdown, together with the others of its phase and after those of the phases before. */
  onDrain(phase: DrainPhase, run: () => Promise<void>): void {
    this.drains.push({ phase, run });
  }

  get draining(): boolean {
    return this.state === 'draining';
  }

  get started(): boolean {
    return this.state !== 'starting';
  }

  markStarted(): void {
    if (this.state === 'starting') this.state = 'started';
  }

  /**
   * Takes the process out of service, phase by phase. A phase that has not ended by the deadline is left behind.
   * @param graceMs how long all phases together may take, in milliseconds
   * @returns the errors that phases ended with, time-outs included
   */
  async drain(graceMs: number): Promise<Error[]> {
    this.state = 'draining';
    const errors: Error[] = [];
    const deadline = performance.now() + graceMs;
    for (const phase of DRAIN_PHASES) {
      const running = this.drains.filter((drain) => drain.phase === phase).map((drain) => drain.run());
      const settled = Promise.allSettled(running).then((results) => {
        for (const result of results) if (result.status === 'rejected') errors.push(result.reason as Error);
      });
      if (!(await endsBefore(settled, deadline - performance.now()))) {
        errors.push(new Error(`phase "${phase}" had not ended when the ${graceMs} ms of grace were over`));
      }
    }
    return errors;
  }
}

/** Whether the work ended in time; it rejects as the work does. */
export async function endsBefore(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  return await Promise.race([work.then(() => true as const), timeUp]).finally(() => clearTimeout(timer));
}
