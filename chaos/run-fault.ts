import { setTimeout as delay } from 'node:timers/promises';
import { Quiet } from '../bench/quiet.ts';
import { readBooks } from './books.ts';
import { check } from './checker.ts';
import type { Fault } from './fault.ts';
import { heard, Load, type LoadOptions, type Purchase } from './load/load.ts';
import { Random } from './random.ts';
import type { System } from './system.ts';
import { disarm } from './tools/fault-points.ts';
import type { Recovery } from './tools/processes.ts';
import { type Deed, World } from './world.ts';

/** P1: how long after the last fault every order must be final. */
const FINAL_WITHIN_MS = 60_000;
const REPLAYED = 20;
const LONGEST_FAULT_MS = 300_000;

export interface Outcome {
  readonly name: string;
  readonly seed: number;
  readonly violations: readonly string[];
  readonly deeds: readonly Deed[];
  readonly orders: number;
  /** Order status → how many. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly recoveries: readonly Recovery[];
  /** From the end of the fault (and of the load) until nothing was on its way any more. */
  readonly quietMs: number;
  readonly tookMs: number;
}

/** One fault under load: before it, in it, after it; then the books. */
export async function runFault(
  system: System,
  fault: Fault,
  options: LoadOptions,
  seed: number,
  say: (line: string) => void,
): Promise<Outcome> {
  const started = Date.now();
  const random = new Random(seed).fork(fault.name);
  const world = new World(system, options, random.fork('fault'), say);
  const violations: string[] = [];
  const complain = (what: string) => (error: Error) => void violations.push(`${what}: ${error.message}`);
  system.processes.recoveries.length = 0;
  system.processes.crashes.length = 0;
  if (fault.load !== 'none') {
    world.load = new Load(system.customers, system.skus, options, random.fork('load'));
    const some = Math.min(40, Math.ceil(options.orders / 4));
    await world.load.reached(some).catch(complain('before the fault'));
  }
  await endsWithin(fault.longestMs ?? LONGEST_FAULT_MS, fault.run(world)).catch(complain('the fault itself'));
  await heal(system).catch(complain('the end of the fault'));
  await world.load?.finish();
  const ended = Date.now();
  await system.processes.allReady().catch(complain('I9'));
  await untilQuiet(system).catch(complain('I2'));
  const quietMs = Date.now() - ended;
  const purchases = world.load?.purchases ?? [];
  const statuses: Record<string, number> = {};
  try {
    violations.push(
      ...(await replayed(random.shuffled(purchases).slice(0, REPLAYED))),
      ...strange(purchases),
    );
    const recorded = purchases.flatMap(({ key, orderId }) => (orderId ? [{ key, orderId }] : []));
    const books = await readBooks({ ...system.stack, databaseUrls: system.databaseUrls });
    const own = new Set(purchases.map(({ orderId }) => orderId));
    for (const { id, status } of books.orders)
      if (own.has(id)) statuses[status] = (statuses[status] ?? 0) + 1;
    violations.push(...check(books, recorded), ...((await fault.verify?.(world)) ?? []));
    violations.push(...system.processes.crashes.map((crash) => `I9 ${crash}`));
  } catch (error) {
    violations.push(`the books could not be read: ${(error as Error).message}`);
  }
  return {
    name: fault.name,
    seed,
    violations,
    deeds: world.deeds,
    orders: purchases.length + world.placed,
    statuses,
    recoveries: [...system.processes.recoveries],
    quietMs,
    tookMs: Date.now() - started,
  };
}

/** Whatever a fault has left behind: lines mended, processes awake, the card processor well. */
async function heal({ ground, processes, stack }: System): Promise<void> {
  for (const proxy of Object.values(ground.proxies)) proxy.heal();
  for (const label of processes.labels()) {
    processes.find(label).kill('SIGCONT');
    if (processes.find(label).spec.managementPort) await disarm(processes, label).catch(() => undefined);
  }
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(`${stack.cardProcessorUrl}/sandbox/faults`, { method: 'DELETE' });
      return;
    } catch (error) {
      if (attempt > 100) throw error;
      await delay(100);
    }
  }
}

async function endsWithin(ms: number, work: Promise<void>): Promise<void> {
  const timeUp = new AbortController();
  const tooLong = delay(ms, undefined, timeUp).then(() => {
    throw new Error(`it did not end within ${ms / 1_000} s`);
  });
  try {
    await Promise.race([work, tooLong]);
  } finally {
    timeUp.abort();
    tooLong.catch(() => undefined);
  }
}

async function untilQuiet(system: System): Promise<void> {
  const quiet = await Quiet.open(system.databaseUrls);
  try {
    await quiet.wait(FINAL_WITHIN_MS);
  } finally {
    await quiet.close();
  }
}

/** I11: the same key again, the same order. */
async function replayed(purchases: readonly Purchase[]): Promise<string[]> {
  await Promise.all(
    purchases.map(async (purchase) => heard(purchase, await purchase.customer.place(purchase.plan.input))),
  );
  return purchases.flatMap(({ key, told }) =>
    told.size > 1 ? [`I11 key ${key} was answered with several orders: ${[...told].join(', ')}`] : [],
  );
}

/** I10: answers that the contract does not know, and customers who never got one. */
function strange(purchases: readonly Purchase[]): string[] {
  return purchases.flatMap(({ key, strange, orderId }) => [
    ...strange.map((answer) => `I10 key ${key}: ${answer}`),
    ...(orderId ? [] : [`I1 key ${key} never got an answer`]),
  ]);
}
