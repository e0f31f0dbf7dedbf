import { setTimeout as delay } from 'node:timers/promises';
import { Quiet } from '../bench/quiet.ts';
import { check } from './checker/checker.ts';
import { baselineOf } from './checker/read-processes.ts';
import { settle, type Site } from './checker/read-world.ts';
import { inWords, type Violation } from './checker/violation.ts';
import type { Fault } from './fault.ts';
import { heard, Load, type LoadOptions, type Purchase } from './load/load.ts';
import { Random } from './random.ts';
import type { System } from './system.ts';
import { disarm } from './tools/fault-points.ts';
import type { Recovery } from './tools/processes.ts';
import { type Deed, World } from './world.ts';

/** P1: how long after the last fault every order must be final. */
const FINAL_WITHIN_MS = 60_000;
/** What is no order's business, such as a mail still to be noted or an idle session, has this long on top. */
const SETTLED_WITHIN_MS = 20_000;
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
  /** The different journals that the sagas of all orders have by now, recorded. */
  readonly journals: readonly string[];
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
  const started = performance.now();
  const random = new Random(seed).fork(fault.name);
  const world = new World(system, options, random.fork('fault'), say);
  const violations: string[] = [];
  const complain = (what: string) => (error: Error) => void violations.push(`${what}: ${error.message}`);
  system.processes.recoveries.length = 0;
  system.processes.crashes.length = 0;
  const since = baselineOf(system.stack.folders.logs, system.stack.processes);
  await fault.prepare?.(world).catch(complain('before the load'));
  if (fault.load !== 'none') {
    world.load = new Load(system.customers, system.skus, options, random.fork('load'));
    const some = Math.min(40, Math.ceil(options.orders / 4));
    await world.load.reached(some).catch(complain('before the fault'));
  }
  await endsWithin(fault.longestMs ?? LONGEST_FAULT_MS, fault.run(world)).catch(complain('the fault itself'));
  await heal(system).catch(complain('the end of the fault'));
  await world.load?.finish();
  const ended = performance.now();
  await system.processes.allReady().catch(complain('I9'));
  await untilQuiet(system, fault.finalWithinMs ?? FINAL_WITHIN_MS).catch(complain('I2'));
  const quietMs = performance.now() - ended;
  const purchases = world.load?.purchases ?? [];
  const statuses: Record<string, number> = {};
  const journals = new Set<string>();
  try {
    await replay(random.shuffled(purchases).slice(0, REPLAYED));
    violations.push(...strange(purchases));
    const verified = (await fault.verify?.(world)) ?? [];
    const known = {
      operations: system.recorder.operations,
      recordedByAll: true,
      since,
      released: system.released,
    };
    const counts = (violation: Violation) =>
      !system.forgiven.has(inWords(violation)) &&
      !fault.forgives?.(violation) &&
      !(violation.rejected && fault.explains?.(violation.rejected));
    const { violations: broken, world: books } = await settle(
      siteOf(system),
      known,
      SETTLED_WITHIN_MS,
      counts,
    );
    for (const violation of check(books)) if (!counts(violation)) system.forgiven.add(inWords(violation));
    for (const { recorded } of books.histories) if (recorded) journals.add(recorded);
    const own = new Set(purchases.map(({ orderId }) => orderId));
    for (const { id, status } of books.orders)
      if (own.has(id)) statuses[status] = (statuses[status] ?? 0) + 1;
    violations.push(...verified, ...broken.map(inWords));
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
    journals: [...journals],
    quietMs,
    tookMs: performance.now() - started,
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

async function untilQuiet(system: System, withinMs: number): Promise<void> {
  const quiet = await Quiet.open(system.databaseUrls);
  try {
    await quiet.wait(withinMs);
  } finally {
    await quiet.close();
  }
}

/** The same keys again; the checker compares the answers (I11). */
async function replay(purchases: readonly Purchase[]): Promise<void> {
  await Promise.all(
    purchases.map(async (purchase) => {
      const { customer, plan } = purchase;
      heard(purchase, await customer.place(plan.input, plan.api));
    }),
  );
}

/** Past the proxies, for those who look. */
const siteOf = ({ stack, ground, databaseUrls }: System): Site => ({
  cardProcessorUrl: stack.cardProcessorUrl,
  folders: stack.folders,
  processes: stack.processes,
  servers: ground.servers,
  databaseUrls,
});

/** Refusals that nobody should get, and customers who never got an answer. */
function strange(purchases: readonly Purchase[]): string[] {
  return purchases.flatMap(({ key, strange, orderId }) => [
    ...strange.map((answer) => `I10 key ${key}: ${answer}`),
    ...(orderId ? [] : [`I1 key ${key} never got an answer`]),
  ]);
}
