import { batchSizes, committed, written } from './batches.ts';
import { type CpuReading, readCpu, used } from './cpu.ts';
import type { Limits, Result } from './closed-loop.ts';
import type { Subject } from './flags.ts';
import { halt } from './halt.ts';
import { readMemory } from './memory.ts';
import type { System } from './system.ts';

/** One line of the table: a kind of work on one system at one concurrency. */
export interface Part {
  subject: Subject;
  name: string;
  system: System;
  /** Something is on its way after the last answer, and the time until it is settled belongs to the cost. */
  settles: boolean;
  /** Runs for a moment before it is measured: who was halted or had nothing to do has given back memory that it takes again under load. */
  ramps: boolean;
  /** What must be there first and is not measured. */
  prepare?: () => Promise<void>;
  run: (limits: Limits) => Promise<Result>;
}

export interface Round extends Result {
  subject: Subject;
  part: string;
  system: string;
  /** Milliseconds from the last answer until nothing was on its way any more. */
  settledAfterMs: number;
  /** CPU from the first request until all was settled; absent where there is no /proc. */
  cpu?: CpuReading;
  /** Resident MB by process, at the last answer. */
  rss: Record<string, number>;
  /** Of it what no other process shares. */
  own: Record<string, number>;
  batches: Record<string, number>;
  /** Transactions committed, by service. */
  commits: Record<string, number>;
  /** Rows inserted, updated and deleted, in all and by service, and kB of write-ahead log. */
  written: Record<string, number>;
}

const RAMP_MS = 2_000;

/** One part, once, while whatever else can be halted is. */
export async function runRound(part: Part, systems: Iterable<System>, limits: Limits): Promise<Round> {
  const goOn = halt(
    [...systems].filter((system) => system !== part.system && system !== part.system.uses && system.pause),
  );
  try {
    return await runPart(part, limits);
  } finally {
    await goOn();
  }
}

/** Load, then wait until all is settled. */
async function runPart(
  { subject, name, system, settles, ramps, prepare, run }: Part,
  limits: Limits,
): Promise<Round> {
  const { databases } = system;
  await prepare?.();
  if (ramps) await run({ ...limits, ms: RAMP_MS });
  if (ramps && settles) await databases.wait();
  const roots = system.roots();
  const commitsBefore = await committed(databases);
  const writtenBefore = await written(databases);
  const from = new Date();
  const before = readCpu(roots);
  const result = await run(limits);
  const answered = performance.now();
  const memory = readMemory(roots);
  if (settles) await databases.wait();
  const settledAfterMs = performance.now() - answered;
  const after = readCpu(roots);
  return {
    ...result,
    subject,
    part: name,
    system: system.name,
    settledAfterMs,
    cpu: before && after && used(before, after),
    ...memory,
    written: difference(await written(databases), writtenBefore),
    commits: difference(await committed(databases), commitsBefore),
    batches:
      settles && system.name.startsWith('caravan') ? await batchSizes(databases, from, new Date()) : {},
  };
}

const difference = (after: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));
