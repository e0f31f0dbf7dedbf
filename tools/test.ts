import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { endGroup, spawnOwned } from './bootstrap/owned.mjs';
import { checkout, foldersAt, nodeBinary } from './checkout.ts';
import { buildIfStale } from './building/build-apps.ts';
import { asksForHelp, leave } from './command-line.ts';
import { bringUp } from './infrastructure/bring-up.ts';
import { onInterrupt } from './interrupts.ts';
import { AlreadyRunning, cleanUp, openSite } from './open-site.ts';
import { appNames } from './system-plan.ts';
import { type JestResult, closingLine, isGreen } from './test-result.ts';

const args = process.argv.slice(2);
if (asksForHelp(args)) {
  leave([
    'Usage: npm test -- [words for Jest]',
    '  Brings up servers of its own and runs every test, or those that the words tell Jest:',
    '',
    '  npm test -- apps/orders           the files whose path holds this',
    "  npm test -- -t 'out of stock'     the tests whose name holds this",
  ]);
}
const infrastructure = foldersAt('.data/test-infrastructure');
const report = join(infrastructure.run, 'jest.json');
const VHOST = 'e2e';
/** One for the whole system, one each for the systems whose processes are killed and replaced, and one for each worker of Jest, which tests one service at a time in it. */
const vhosts = [
  VHOST,
  'load',
  'restart',
  'checker',
  ...Array.from({ length: Math.max(4, availableParallelism()) }, (_, n) => `test-${n + 1}`),
];

function withVhost(url: string): string {
  const own = new URL(url);
  own.pathname = `/${VHOST}`;
  return own.toString();
}

/** Runs Jest over all projects and reads what it found from its own report. */
function runJest(env: Record<string, string>, aborted: AbortSignal): Promise<JestResult | undefined> {
  rmSync(report, { force: true });
  const jest = join(checkout, 'node_modules/jest/bin/jest.js');
  const words = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const child = spawnOwned(nodeBinary, [...words, '--json', `--outputFile=${report}`, ...args], {
    cwd: checkout,
    env: { ...process.env, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  aborted.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  // A test that leaves something open keeps Jest from ending; its report is whole by then.
  let foundAt: number | undefined;
  const impatience = setInterval(() => {
    if (!existsSync(report)) return;
    foundAt ??= performance.now();
    if (performance.now() - foundAt < 15_000) return;
    console.error('Jest had its results for 15 s and did not end (something was left open): ended it.');
    if (child.pid !== undefined) endGroup(child.pid);
  }, 1_000);
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', () => {
      clearInterval(impatience);
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')) as JestResult);
      } catch {
        resolve(undefined);
      }
    });
  });
}

async function test(): Promise<number> {
  const opened = await openSite(infrastructure, {
    fresh: true,
    throwAway: true,
    vhosts,
    say: console.log,
  });
  const aborted = new AbortController();
  onInterrupt(() => {
    console.log('\nStopping the tests and what they started.');
    aborted.abort();
    void opened.supervisor.stop();
  });
  try {
    console.log('Caravan: bringing up servers for the tests');
    const given = {
      postgres: process.env.DATABASE_URL,
      rabbitmq: process.env.RABBITMQ_URL,
      redis: process.env.REDIS_URL,
    };
    const [servers] = await Promise.all([
      bringUp(opened.site, given),
      buildIfStale(appNames, console.log, aborted.signal),
    ]);
    aborted.signal.throwIfAborted();
    const { postgres, rabbitmq, redis } = servers;
    const result = await runJest(
      {
        TEST_DATABASE_URL: postgres.url,
        TEST_RABBITMQ_URL: rabbitmq.url,
        E2E_RABBITMQ_URL: rabbitmq.ours ? withVhost(rabbitmq.url) : rabbitmq.url,
        ...(redis ? { TEST_REDIS_URL: redis.url } : {}),
      },
      aborted.signal,
    );
    console.log(`\n${closingLine(result)}`);
    return isGreen(result) && !aborted.signal.aborted ? 0 : 1;
  } finally {
    const left = await cleanUp(foldersAt('.data/test'));
    if (left > 0) console.error(`The tests had left ${left} processes running; they are stopped.`);
    await opened.close();
  }
}

try {
  process.exit(await test());
} catch (error) {
  const text =
    error instanceof AlreadyRunning
      ? `npm test runs in this checkout already (pid ${error.pid}).`
      : (error as Error).message;
  console.error(`The tests did not run: ${text}`);
  console.log(closingLine(undefined));
  process.exit(1);
}
