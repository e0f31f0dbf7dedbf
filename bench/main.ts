import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { join } from 'node:path';
import { foldersAt } from '../tools/checkout.ts';
import { onInterrupt } from '../tools/interrupts.ts';
import { type Caravan, profileFolder, ROOT, startCaravan } from './caravan.ts';
import { Child } from './child.ts';
import type { Result } from './closed-loop.ts';
import { wrongDecisions } from './decisions.ts';
import { featureCosts } from './features.ts';
import { readFlags } from './flags.ts';
import type { Task } from './generator.ts';
import { gather } from './gather.ts';
import { OUTBOX_VHOST } from './outbox.ts';
import { hottest, readProfile } from './profile.ts';
import { type Measured, tables } from './report.ts';
import { type Part, type Round, runRound } from './rounds.ts';
import { RPC_VHOST } from './rpc.ts';
import { startTimes } from './starts.ts';
import { rotated } from './statistic.ts';
import { VARIANTS, vhostOf } from './stock-nest.ts';
import { buildStockNest } from './stock-nest-build.ts';
import { rateOf, ratios, summarise } from './summary.ts';
import type { System } from './system.ts';

const AT_MOST = 50_000;
/** Until V8 has compiled what is hot: of what is handled in batches that takes a while. */
const WARM_UP = { ms: 10_000, atMost: 10_000 };

let warm = 0;
const flags = readFlags();
const folders = foldersAt(ROOT);
const toStop: (() => Promise<void>)[] = [];

/** What was started last is stopped first. */
async function stopAll(): Promise<void> {
  for (const stop of toStop.splice(0).reverse()) await stop();
}

onInterrupt(() => {
  console.log('Stopping.');
  void stopAll().then(() => process.exit(130));
});

async function measure(
  parts: readonly Part[],
  systems: ReadonlySet<System>,
): Promise<{ rounds: Round[]; warmUp: Round[] }> {
  console.log('\nWarming up');
  const warmUp: Round[] = [];
  for (const [n, part] of parts.entries()) {
    console.log(`  ${n + 1} of ${parts.length}  ${part.name.padEnd(18)} ${part.system.name}`);
    warmUp.push(await runRound(part, systems, WARM_UP));
  }
  warm = Date.now();
  const rounds: Round[] = [];
  for (let n = 0; n < flags.rounds; n++) {
    for (const part of rotated(parts, n)) {
      const round = await runRound(part, systems, { ms: flags.seconds * 1_000, atMost: AT_MOST });
      rounds.push(round);
      const { p50, p99 } = round.latency;
      console.log(
        `  round ${n + 1} of ${flags.rounds}  ${part.name.padEnd(18)} ${part.system.name.padEnd(20)} ${rateOf(round).toFixed(0).padStart(5)} per s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      );
    }
  }
  return { rounds, warmUp };
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
    const folder = profileFolder(name);
    const file = readdirSync(folder).find((entry) => entry.endsWith('.cpuprofile'));
    if (file === undefined) continue;
    const path = join(folder, file);
    console.log(`\n${name} (${path})`);
    for (const { where, selfMs, share } of hottest(readProfile(path), 25, warm - (startedAt.get(name) ?? 0)))
      console.log(
        `  ${(share * 100).toFixed(1).padStart(5)} %  ${selfMs.toFixed(0).padStart(6)} ms  ${where}`,
      );
  }
}

async function bench(): Promise<number> {
  const variants = VARIANTS.filter((variant) => flags.against.includes(variant));
  if (variants.length > 0) await buildStockNest();
  const caravan = await startCaravan({
    replicas: flags.replicas,
    profile: flags.profile,
    vhosts: [RPC_VHOST, OUTBOX_VHOST, ...variants.map(vhostOf)],
    onStoppable: (stop) => toStop.push(stop),
  });
  toStop.splice(0, toStop.length, caravan.stop);
  const startedAt = new Map(
    caravan.stack.processes.map((entry) => [entry.name, Date.parse(entry.startedAt ?? '')]),
  );
  const generator = await Child.start<Task, Result>(join(import.meta.dirname, 'generator.ts'));
  toStop.push(() => generator.stop());
  const starts = flags.only.includes('start') ? await startTimes(caravan, flags.rounds) : {};
  const { parts, idle } = await gather(caravan, generator, flags, (stop) => toStop.push(stop));
  const { rounds, warmUp } = await measure(parts, new Set([caravan, ...parts.map(({ system }) => system)]));
  const violations = wrongDecisions([...warmUp, ...rounds]);
  for (const violation of violations) console.error(`  ${violation}`);
  const placing = new Set(parts.filter(({ settles }) => settles).map(({ system }) => system));
  for (const system of placing) violations.push(...((await system.balance?.()) ?? []));
  const measured: Measured = { summaries: summarise(rounds), idle, starts };
  const { summaries } = measured;
  console.log(`\n${tables(measured).join('\n')}`);
  const balanced = violations.length === 0;
  const compared = {
    ratios: ratios(summaries, caravan.name),
    features: featureCosts(summaries, caravan.name),
  };
  const file = write({ balanced, ...compared, ...measured, rounds }, caravan);
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
