import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedProcess } from '../../tools/supervision/managed-process.ts';
import type { Supervisor } from '../../tools/supervision/supervisor.ts';

/** A process that was ended, and when it could do its work again. */
export interface Recovery {
  readonly label: string;
  readonly ms: number;
}

/** Every process by its label, services and servers alike: killed, stopped, waited for. */
export class Processes {
  readonly recoveries: Recovery[] = [];
  /** Processes that ended by an error of their own: an unhandled rejection, a bad start. */
  readonly crashes: string[] = [];
  private readonly watched = new Set<Promise<void>>();
  private readonly supervisors: () => readonly Supervisor[];

  /** @param supervisors the services' first */
  constructor(supervisors: () => readonly Supervisor[]) {
    this.supervisors = supervisors;
    const [services] = supervisors();
    for (const { process } of services?.processes ?? [])
      process.on('died', ({ how }) => {
        if (/exit code [1-9]/.test(how)) this.crashes.push(`${process.label} ${how}`);
      });
  }

  /** @throws when there is no such process */
  find(label: string): ManagedProcess {
    for (const supervisor of this.supervisors())
      for (const { process } of supervisor.processes) if (process.label === label) return process;
    throw new Error(`there is no process ${label}`);
  }

  has(label: string): boolean {
    return this.labels().includes(label);
  }

  labels(): string[] {
    return this.supervisors().flatMap(({ processes }) => processes.map(({ process }) => process.label));
  }

  /** The labels of all replicas of a service. */
  replicasOf(name: string): string[] {
    return this.labels().filter((label) => this.find(label).spec.name === name);
  }

  /** kill -9; how long it takes until it is ready again is kept in `recoveries`. */
  kill(label: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    const process = this.find(label);
    const { pid } = process.identity ?? {};
    if (pid === undefined) return;
    process.kill(signal);
    this.watch(process, pid);
  }

  /** Notes how long it takes until the process, which is about to end, is ready again. */
  watch(process: ManagedProcess, pid: number): void {
    const at = performance.now();
    const watching = (async () => {
      while (process.identity?.pid === pid || process.state !== 'ready') {
        if (performance.now() - at > 120_000) return;
        await delay(25);
      }
      this.recoveries.push({ label: process.label, ms: performance.now() - at });
    })();
    this.watched.add(watching);
    void watching.finally(() => this.watched.delete(watching));
  }

  /** SIGSTOP for so long, then SIGCONT, whatever happens in between. */
  async freeze(labels: readonly string[], ms: number): Promise<void> {
    try {
      for (const label of labels) this.find(label).kill('SIGSTOP');
      await delay(ms);
    } finally {
      for (const label of labels) this.find(label).kill('SIGCONT');
    }
  }

  /** Waits until every process is ready (again). @throws after `withinMs` with the ones that are not */
  async allReady(withinMs = 120_000): Promise<void> {
    await Promise.all(this.watched);
    const deadline = performance.now() + withinMs;
    for (;;) {
      const missing = this.labels().filter((label) => this.find(label).state !== 'ready');
      if (missing.length === 0) return;
      if (performance.now() > deadline)
        throw new Error(`not ready after ${withinMs / 1000} s: ${missing.join(', ')}`);
      await delay(50);
    }
  }
}
