import { setTimeout as delay } from 'node:timers/promises';
import { batchSizes, committed } from './batches.ts';
import { type CpuReading, readCpu, used } from './cpu.ts';
import type { Result } from './generator.ts';
import type { Load } from './load.ts';
import { readRss } from './memory.ts';
import type { System } from './system.ts';
import type { Work } from './work.ts';

/** One line of the table: a kind of work on one system at one concurrency. */
export interface Part {
  name: string;
  system: System;
  work: Work;
  concurrency: number;
  /** Orders: each has its own key, and the time until all of them are settled belongs to their cost. */
  orders: boolean;
}

export interface Round extends Result {
  part: string;
  system: string;
  /** Milliseconds from the last answer until nothing was on its way any more. */
  settledAfterMs: number;
  /** CPU from the first request until all was settled; absent where there is no /proc. */
  cpu?: CpuReading;
  /** Resident MB by process, at the last answer. */
  rss: Record<string, number>;
  batches: Record<string, number>;
  /** Transactions committed, by service. */
  commits: Record<string, number>;
}

let keys = 0;

/** One part, once: load, then wait until all is settled. */
export async function runRound(
  load: Load,
  { name, system, work, concurrency, orders }: Part,
  limits: { ms: number; atMost: number },
): Promise<Round> {
  const { databases } = system;
  const roots = system.roots();
  const commitsBefore = await committed(databases);
  const from = new Date();
  const before = readCpu(roots);
  const result = await load.run({
    ...work,
    ...limits,
    origin: system.origin,
    concurrency,
    ...(orders ? { keyPrefix: `bench-${++keys}-` } : {}),
  });
  const answered = performance.now();
  const rss = readRss(roots);
  if (orders) await databases.wait();
  const settledAfterMs = performance.now() - answered;
  const after = readCpu(roots);
  return {
    ...result,
    part: name,
    system: system.name,
    settledAfterMs,
    cpu: before && after && used(before, after),
    rss,
    commits: difference(await committed(databases), commitsBefore),
    batches: orders && system.name === 'caravan' ? await batchSizes(databases, from, new Date()) : {},
  };
}

const difference = (after: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));

/** What each system uses while nobody asks for anything, in milliseconds of CPU per second by process. */
export async function idleCpu(systems: readonly System[], ms: number): Promise<Record<string, number>[]> {
  const read = (): (CpuReading | undefined)[] => systems.map((system) => readCpu(system.roots()));
  const before = read();
  await delay(ms);
  return read().map((after, n) => {
    const was = before[n];
    if (!after || !was) return {};
    return Object.fromEntries(
      Object.entries(used(was, after).byProcess).map(([name, cpu]) => [name, (cpu / ms) * 1000]),
    );
  });
}
