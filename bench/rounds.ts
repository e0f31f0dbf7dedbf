import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../tools/stack.ts';
import { readState } from '../tools/supervision/run-state.ts';
import { batchSizes, committed } from './batches.ts';
import { type CpuReading, readCpu, used } from './cpu.ts';
import type { Result } from './generator.ts';
import type { Load } from './load.ts';
import type { Quiet } from './quiet.ts';
import type { Work } from './shop.ts';

/** One line of the table: a kind of work at one concurrency. */
export interface Part {
  name: string;
  work: Work;
  concurrency: number;
  /** Orders: each has its own key, and the time until all of them are settled belongs to their cost. */
  orders: boolean;
}

export interface Round extends Result {
  part: string;
  /** Milliseconds from the last answer until nothing was on its way any more. */
  settledAfterMs: number;
  /** CPU from the first request until all was settled; absent where there is no /proc. */
  cpu?: CpuReading;
  batches: Record<string, number>;
  /** Transactions committed, by service. */
  commits: Record<string, number>;
}

/** The processes of the system by name; PostgreSQL and RabbitMQ among them where they are ours. */
function rootsOf(stack: Stack): Record<string, number> {
  const children = readState(stack.folders)?.children ?? [];
  return Object.fromEntries(children.map(({ name, pid }) => [name, pid]));
}

export interface Surroundings {
  stack: Stack;
  load: Load;
  quiet: Quiet;
}

let keys = 0;

/** One part, once: load, then wait until all is settled. */
export async function runRound(
  { stack, load, quiet }: Surroundings,
  { name, work, concurrency, orders }: Part,
  limits: { ms: number; atMost: number },
): Promise<Round> {
  const roots = rootsOf(stack);
  const commitsBefore = await committed(quiet);
  const from = new Date();
  const before = readCpu(roots);
  const result = await load.run({
    ...work,
    ...limits,
    origin: stack.gatewayUrl,
    concurrency,
    ...(orders ? { keyPrefix: `bench-${++keys}-` } : {}),
  });
  const answered = performance.now();
  if (orders) await quiet.wait();
  const settledAfterMs = performance.now() - answered;
  const after = readCpu(roots);
  return {
    ...result,
    part: name,
    settledAfterMs,
    cpu: before && after && used(before, after),
    commits: difference(await committed(quiet), commitsBefore),
    batches: orders ? await batchSizes(quiet, from, new Date()) : {},
  };
}

const difference = (after: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));

/** What the system uses while nobody asks for anything, in milliseconds of CPU per second by process. */
export async function idleCpu(stack: Stack, ms: number): Promise<Record<string, number>> {
  const roots = rootsOf(stack);
  const before = readCpu(roots);
  await delay(ms);
  const after = readCpu(roots);
  if (!before || !after) return {};
  return Object.fromEntries(
    Object.entries(used(before, after).byProcess).map(([name, cpu]) => [name, (cpu / ms) * 1000]),
  );
}
