import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';
import { settle, type Site } from '../chaos/checker/read-world.ts';
import { inWords } from '../chaos/checker/violation.ts';
import { foldersAt } from '../tools/checkout.ts';
import { plainEnvironment } from '../tools/infrastructure/infrastructure.ts';
import { type Stack, startStack } from '../tools/stack.ts';
import { readState } from '../tools/supervision/run-state.ts';
import { told } from './books.ts';
import { Quiet } from './quiet.ts';
import { type HttpSystem, type Roots, SERVERS, serversOf } from './system.ts';

export const ROOT = '.data/bench';
/** One address asks for everything: it may do so more often. What is counted is counted as anywhere. */
const LIMITS = { RATE_LIMIT_PER_ADDRESS: '20000', RATE_LIMIT_AUTH: '100000' };
/** The demo's data are refused in production: the two that make them, and the sandbox, stay in development. */
const IN_PRODUCTION = ['gateway', 'bff-web', 'bff-mobile', 'orders', 'payments', 'notifications'];

export interface CaravanOptions {
  replicas?: Record<string, number>;
  /** Processes whose CPU is profiled, into a folder each. */
  profile?: string[];
  vhosts?: string[];
  /** All services in one process, on the servers of this one. */
  beside?: Caravan;
  onStoppable: (stop: () => Promise<void>) => void;
}

export const profileFolder = (name: string): string => join(foldersAt(ROOT).root, 'profiles', name);

/** What a program beside it is told of its surroundings. */
export const environment = ({ stack }: Caravan): Record<string, string> => ({
  ...plainEnvironment(stack.folders.root),
  NODE_ENV: 'production',
  LOG_LEVEL: 'info',
});

/** Its broker, in another virtual host. */
export function brokerUrl({ stack }: Caravan, vhost: string): string {
  const url = new URL(stack.servers.rabbitmq.url);
  url.pathname = `/${vhost}`;
  return url.toString();
}

export interface Caravan extends HttpSystem {
  stack: Stack;
}

/** Everything as `npm start` runs it (fsync, logs, confirms); only the limits of one address are higher. */
export async function startCaravan({
  replicas,
  profile = [],
  vhosts,
  beside,
  onStoppable,
}: CaravanOptions): Promise<Caravan> {
  const env: Record<string, Record<string, string>> = Object.fromEntries(
    IN_PRODUCTION.map((name) => [name, { NODE_ENV: 'production' }]),
  );
  // Mails follow at their own pace for minutes: slow enough to be no part of what is measured meanwhile.
  env.notifications = { ...env.notifications, MAIL_RATE: '5' };
  env.gateway = { ...env.gateway, ...LIMITS };
  for (const name of profile) {
    rmSync(profileFolder(name), { recursive: true, force: true });
    env[name] = { ...env[name], NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder(name)}` };
  }
  const { postgres, redis } = beside?.stack.servers ?? {};
  const stack = await startStack({
    root: beside ? `${ROOT}/single-process` : ROOT,
    singleProcess: beside !== undefined,
    replicas,
    mode: 'development',
    fresh: true,
    given: { postgres: postgres?.url, redis: redis?.url },
    databasePrefix: beside ? 'single_process_' : undefined,
    env,
    vhosts,
    say: console.log,
    onStoppable,
  });
  const databases = await Quiet.open(stack.databaseUrls);
  const roots = (): Roots =>
    Object.fromEntries((readState(stack.folders)?.children ?? []).map(({ name, pid }) => [name, pid]));
  const signal = (name: NodeJS.Signals): void => {
    for (const [process, pid] of Object.entries(roots())) if (!SERVERS.has(process)) kill(pid, name);
  };
  const resume = (): void => signal('SIGCONT');
  const caravan: Caravan = {
    name: beside ? 'caravan in one process' : 'caravan',
    origin: stack.gatewayUrl,
    stack,
    databases,
    roots: () => ({ ...(beside ? serversOf(beside.roots()) : {}), ...roots() }),
    pause: () => signal('SIGSTOP'),
    resume,
    balance: () => balance(caravan),
    async stop() {
      resume();
      await databases.close();
      await stack.stop();
    },
  };
  return caravan;
}

/** Where its books are; in one process there is no broker that could be looked into. */
function siteOf(stack: Stack): Site {
  if (stack.status().topology === 'services') return stack;
  const { cardProcessorUrl, folders, databaseUrls, processes, servers } = stack;
  return { cardProcessorUrl, folders, databaseUrls, processes, servers: { postgres: servers.postgres } };
}

/** The money, the stock and the orders of everything that was done: a fast system that loses one is not fast. */
async function balance({ name, stack, databases }: Caravan): Promise<string[]> {
  console.log(`\nChecking the books of ${name}`);
  await databases.wait();
  // The mails, and what else no order waits for, have a little longer.
  const { violations: found, world: books } = await settle(siteOf(stack), {}, 30_000);
  return told(books, found.map(inWords));
}
