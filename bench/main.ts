import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { join } from 'node:path';
import { foldersAt } from '../tools/checkout.ts';
import { onInterrupt } from '../tools/interrupts.ts';
import { balance, type Caravan, ROOT, startCaravan } from './caravan.ts';
import { readFlags } from './flags.ts';
import { Load } from './load.ts';
import { partsOf } from './parts.ts';
import { hottest, readProfile } from './profile.ts';
import { tables } from './report.ts';
import { idleCpu, type Part, type Round, runRound } from './rounds.ts';
import { PIECES, Shop } from './shop.ts';
import { rotated } from './statistic.ts';
import { startStockNest, vhostOf } from './stock-nest.ts';
import { buildStockNest } from './stock-nest-build.ts';
import { rateOf, ratios, summarise } from './summary.ts';
import type { System } from './system.ts';

const AT_MOST = 50_000;
/** Until V8 has compiled what is hot, at least on a machine that is ours. */
const WARM_UP = { ms: 4_000, atMost: 2_500 };
const IDLE_MS = 3_000;

let warm = 0;
const flags = readFlags();
const folders = foldersAt(ROOT);
const profiles = join(folders.root, 'profiles');
const toStop: (() => Promise<void>)[] = [];

async function stopAll(): Promise<void> {
  for (const stop of toStop.splice(0).reverse()) await stop();
}

onInterrupt(() => {
  console.log('Stopping.');
  void stopAll().then(() => process.exit(130));
});

/** Caravan first: the others use its servers and sell its products. */
async function start(): Promise<{ caravan: Caravan; systems: System[]; parts: Part[] }> {
  if (flags.against.length > 0) await buildStockNest();
  const caravan = await startCaravan({
    profile: flags.profile,
    profiles,
    vhosts: flags.against.map(vhostOf),
    onStoppable: (stop) => toStop.push(stop),
  });
  toStop.splice(0, toStop.length, caravan.stop);
  const shop = new Shop(caravan.origin);
  const articles = await shop.catalogue();
  const skus = articles.map(({ sku }) => sku);
  await shop.restock(skus);
  const productsFile = join(folders.root, 'products.json');
  const products = articles.map(({ price, ...rest }) => ({
    ...rest,
    price: price.amountMinor,
    stock: PIECES,
  }));
  writeFileSync(productsFile, JSON.stringify(products));
  const systems: System[] = [caravan];
  for (const variant of flags.against) {
    console.log(`  starting stock-nest, ${variant}`);
    const system = await startStockNest(variant, caravan, productsFile);
    toStop.push(() => system.stop());
    systems.push(system);
  }
  const parts: Part[] = [];
  for (const system of systems) parts.push(...(await partsOf(system, skus, flags)));
  // Side by side what is compared, so that both see the same minute of this machine.
  const names = [...new Set(parts.map(({ name }) => name))];
  return { caravan, systems, parts: names.flatMap((name) => parts.filter((part) => part.name === name)) };
}

async function measure(load: Load, parts: readonly Part[]): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let n = 0; n < flags.rounds; n++) {
    for (const part of rotated(parts, n)) {
      const round = await runRound(load, part, { ms: flags.seconds * 1_000, atMost: AT_MOST });
      rounds.push(round);
      console.log(
        `  round ${n + 1} of ${flags.rounds}  ${part.name.padEnd(18)} ${part.system.name.padEnd(20)} ${rateOf(round).toFixed(0).padStart(5)} per s, p50 ${round.latency.p50.toFixed(1)} ms, p99 ${round.latency.p99.toFixed(1)} ms`,
      );
    }
  }
  return rounds;
}

/** @returns where everything was written */
function write(result: object, { stack }: Caravan): string {
  const at = new Date().toISOString();
  const file = join(folders.root, `result-${at.replaceAll(':', '-').slice(0, 19)}.json`);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    kernel: release(),
    arch: arch(),
  };
  const infrastructure = stack
    .status()
    .infrastructure.map(({ name, version, source }) => ({ name, version, source }));
  mkdirSync(folders.root, { recursive: true });
  writeFileSync(file, JSON.stringify({ at, flags, machine, infrastructure, ...result }, null, 2));
  return file;
}

function sayHottest(startedAt: ReadonlyMap<string, number>): void {
  for (const name of flags.profile) {
    const file = readdirSync(join(profiles, name)).find((entry) => entry.endsWith('.cpuprofile'));
    if (file === undefined) continue;
    const path = join(profiles, name, file);
    console.log(`\n${name} (${path})`);
    for (const { where, selfMs, share } of hottest(readProfile(path), 25, warm - (startedAt.get(name) ?? 0)))
      console.log(
        `  ${(share * 100).toFixed(1).padStart(5)} %  ${selfMs.toFixed(0).padStart(6)} ms  ${where}`,
      );
  }
}

async function bench(): Promise<number> {
  const { caravan, systems, parts } = await start();
  const load = new Load();
  toStop.push(() => Promise.resolve(load.stop()));
  const startedAt = new Map(
    caravan.stack.processes.map((entry) => [entry.name, Date.parse(entry.startedAt ?? '')]),
  );
  console.log('\nWarming up');
  for (const part of parts) await runRound(load, part, WARM_UP);
  const idleBySystem = await idleCpu(systems, IDLE_MS);
  const idle = Object.fromEntries(systems.map(({ name }, n) => [name, idleBySystem[n] ?? {}]));
  warm = Date.now();
  const rounds = await measure(load, parts);
  const violations = await balance(caravan);
  const summaries = summarise(rounds);
  console.log(`\n${tables(summaries, idle).join('\n')}`);
  const balanced = violations.length === 0;
  const file = write({ balanced, idle, ratios: ratios(summaries, caravan.name), summaries, rounds }, caravan);
  if (summaries.some(({ cpuOfOthers }) => cpuOfOthers > 0.1))
    console.log(
      '\nThis machine was busy with other things (column others): believe the CPU columns rather than the rates.',
    );
  console.log(`\nEverything, by round: ${file}`);
  await stopAll();
  sayHottest(startedAt);
  return balanced ? 0 : 1;
}

try {
  process.exitCode = await bench();
} catch (error) {
  console.error(`\nThe bench stopped: ${(error as Error).message}\nLogs: ${folders.logs}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();
