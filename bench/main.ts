import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { join } from 'node:path';
import { check } from '../chaos/checker.ts';
import { readBooks } from '../chaos/books.ts';
import { foldersAt } from '../tools/checkout.ts';
import { onInterrupt } from '../tools/interrupts.ts';
import { type Stack, startStack } from '../tools/stack.ts';
import { readFlags } from './flags.ts';
import { Load } from './load.ts';
import { hottest, readProfile } from './profile.ts';
import { Quiet } from './quiet.ts';
import { rateOf, summarise, tables } from './report.ts';
import { idleCpu, type Part, type Round, runRound } from './rounds.ts';
import { checkouts, productList, Shop } from './shop.ts';
import { rotated } from './statistic.ts';

const ROOT = '.data/bench';
const CUSTOMERS = 16;
const SKUS = 60;
const AT_MOST = 50_000;
/** Until V8 has compiled what is hot, at least on a machine that is ours. */
const WARM_UP = { ms: 4_000, atMost: 2_500 };
const LIST_AT = [1, 32];
const NO_LIMITS = ['PER_CUSTOMER', 'PER_ADDRESS', 'UNKNOWN_PATHS', 'AUTH'];

let warm = 0;
const startedAt = new Map<string, number>();
const flags = readFlags();
const folders = foldersAt(ROOT);
const profiles = join(folders.root, 'profiles');

/** Everything as `npm start` runs it (fsync, logs, confirms); only the gateway's limits are lifted: one address asks for all. */
function start(): Promise<Stack> {
  const env: Record<string, Record<string, string>> = {
    // Mails follow at their own pace for minutes: slow enough to be no part of what is measured meanwhile.
    notifications: { MAIL_RATE: '5' },
    gateway: Object.fromEntries(NO_LIMITS.map((name) => [`RATE_LIMIT_${name}`, '0'])),
  };
  rmSync(profiles, { recursive: true, force: true });
  for (const name of flags.profile)
    env[name] = { ...env[name], NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(profiles, name)}` };
  let stop: (() => Promise<void>) | undefined;
  onInterrupt(() => {
    console.log('Stopping.');
    void (stop?.() ?? Promise.resolve()).then(() => process.exit(130));
  });
  return startStack({
    root: ROOT,
    mode: 'development',
    fresh: true,
    given: {},
    env,
    say: console.log,
    onStoppable: (close) => (stop = close),
  });
}

async function measure(
  stack: Stack,
  load: Load,
  quiet: Quiet,
): Promise<{ idle: Record<string, number>; rounds: Round[] }> {
  const shop = new Shop(stack.gatewayUrl);
  const orders = checkouts(await shop.stockedSkus(SKUS), await shop.customers(CUSTOMERS));
  const list = productList();
  const parts: Part[] = [
    ...flags.concurrency.map((concurrency) => ({
      name: `checkout c=${concurrency}`,
      work: orders,
      concurrency,
      orders: true,
    })),
    ...LIST_AT.map((concurrency) => ({
      name: `20 products c=${concurrency}`,
      work: list,
      concurrency,
      orders: false,
    })),
  ];
  const around = { stack, load, quiet };
  console.log('\nWarming up');
  for (const part of parts) await runRound(around, part, WARM_UP);
  const idle = await idleCpu(stack, 3_000);
  warm = Date.now();
  const rounds: Round[] = [];
  for (let n = 0; n < flags.rounds; n++) {
    for (const part of rotated(parts, n)) {
      const round = await runRound(around, part, { ms: flags.seconds * 1_000, atMost: AT_MOST });
      rounds.push(round);
      console.log(
        `  round ${n + 1} of ${flags.rounds}  ${part.name.padEnd(18)} ${rateOf(round).toFixed(0).padStart(5)} per s, p50 ${round.latency.p50.toFixed(1)} ms, p99 ${round.latency.p99.toFixed(1)} ms`,
      );
    }
  }
  return { idle, rounds };
}

/** The money, the stock and the orders of everything that was done: a fast system that loses one is not fast. */
async function balance(stack: Stack, quiet: Quiet): Promise<string[]> {
  console.log('\nChecking the books');
  await quiet.wait();
  const books = await readBooks(stack);
  const violations = check(books);
  const confirmed = books.orders.filter(({ status }) => status === 'CONFIRMED').length;
  const captured = books.ledger.reduce((sum, entry) => sum + entry.captured - entry.refunded, 0);
  if (confirmed === 0) violations.push('not one order was confirmed');
  for (const violation of violations.slice(0, 20)) console.error(`  ${violation}`);
  console.log(
    `  ${books.orders.length} orders, ${confirmed} confirmed, ${(captured / 100).toFixed(2)} EUR captured: ${violations.length === 0 ? 'the books balance' : `THE BOOKS DO NOT BALANCE (${violations.length} violations)`}`,
  );
  return violations;
}

function sayHottest(): void {
  for (const name of flags.profile) {
    const file = readdirSync(join(profiles, name)).find((entry) => entry.endsWith('.cpuprofile'));
    if (file === undefined) continue;
    console.log(`\n${name} (${join(profiles, name, file)})`);
    for (const { where, selfMs, share } of hottest(
      readProfile(join(profiles, name, file)),
      25,
      warm - (startedAt.get(name) ?? 0),
    ))
      console.log(
        `  ${(share * 100).toFixed(1).padStart(5)} %  ${selfMs.toFixed(0).padStart(6)} ms  ${where}`,
      );
  }
}

async function bench(): Promise<number> {
  const stack = await start();
  const load = new Load();
  try {
    for (const entry of stack.processes) startedAt.set(entry.name, Date.parse(entry.startedAt ?? ''));
    const quiet = await Quiet.open(stack.databaseUrls);
    const { idle, rounds } = await measure(stack, load, quiet);
    const violations = await balance(stack, quiet);
    await quiet.close();
    const summaries = summarise(rounds);
    console.log(`\n${tables(summaries, idle).join('\n')}`);
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
    writeFileSync(
      file,
      JSON.stringify(
        { at, flags, machine, infrastructure, balanced: violations.length === 0, idle, summaries, rounds },
        null,
        2,
      ),
    );
    if (summaries.some(({ cpuOfOthers }) => cpuOfOthers > 0.1))
      console.log(
        '\nThis machine was busy with other things (column others): believe the CPU columns rather than the rates.',
      );
    console.log(`\nEverything, by round: ${file}`);
    return violations.length === 0 ? 0 : 1;
  } finally {
    load.stop();
    await stack.stop();
  }
}

try {
  process.exitCode = await bench();
  sayHottest();
} catch (error) {
  console.error(`\nThe bench stopped: ${(error as Error).message}\nLogs: ${folders.logs}`);
  process.exitCode = 1;
}
process.exit();
