import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { buildIfStale } from './building/build-apps.ts';
import { type Folders, foldersAt } from './checkout.ts';
import { type Given, type Servers, bringUp, bringUpWithoutBroker } from './infrastructure/bring-up.ts';
import { prepareDatabases } from './infrastructure/databases.ts';
import { type Site, plainEnvironment, titles, withoutPassword } from './infrastructure/infrastructure.ts';
import { openSite } from './open-site.ts';
import { restartables, specOf } from './process-spec.ts';
import { RollingRestart } from './rolling-restart.ts';
import { openControl } from './supervision/control.ts';
import type { ProcessSpec } from './supervision/managed-process.ts';
import { PortExchange } from './port-exchange.ts';
import { holderOf } from './supervision/ports.ts';
import type { RunState, Status } from './supervision/run-state.ts';
import type { Supervisor } from './supervision/supervisor.ts';
import { IN_MEMORY, SINGLE_PROCESS, singleSpecOf, together } from './single-process.ts';
import {
  type Planned,
  type PortMode,
  appNames,
  givePorts,
  labelOf,
  planSystem,
  portsByName,
} from './system-plan.ts';

export { AlreadyRunning } from './open-site.ts';

export interface StackOptions {
  /** Folder of its data, logs and state, relative to the checkout; one running system each. */
  root?: string;
  /** The contract's ports (and the next free where they are taken), or any free ones. */
  ports?: PortMode;
  mode?: 'development' | 'test';
  replicas?: Record<string, number>;
  /** All services in one process, without a broker. */
  singleProcess?: boolean;
  /** Empty databases and queues first. */
  fresh?: boolean;
  demoData?: boolean;
  /** Servers that somebody else runs. */
  given?: Given;
  databasePrefix?: string;
  /** Virtual hosts that a private broker has besides its own. */
  vhosts?: string[];
  /** Names of processes that are not to be started. */
  leaveOut?: string[];
  /** Further environment by process name. */
  env?: Record<string, Record<string, string>>;
  /** Bundles of other builds, by process name or label; see `Stack.programs`. */
  programs?: Record<string, string>;
  say?: (line: string) => void;
  /** Told how to stop as soon as there is something to be stopped. */
  onStoppable?: (stop: () => Promise<void>) => void;
}

/** A running system, in the hands of a test, a benchmark or `npm start`. */
export interface Stack {
  gatewayUrl: string;
  cardProcessorUrl: string;
  mailFolder: string;
  folders: Folders;
  /** Its broker throws where all services are one process: there is none. */
  servers: Servers;
  /** The service's own database, by service name, with its own role's password. */
  databaseUrls: ReadonlyMap<string, string>;
  /** Ports that were taken, by whom, and what was taken instead. */
  takenPorts: string[];
  hints: string[];
  readonly state: RunState['phase'];
  readonly processes: Status['processes'];
  /**
   * The bundle (`main.js`) that the next start of a process runs, by its label (`orders-1`) or by the name of all its replicas;
   * those that are not here run this checkout's own build.
   */
  readonly programs: Map<string, string>;
  /** Who keeps them running, for what goes beyond killing them. */
  readonly supervisor: Supervisor;
  status(): Status;
  /** Signals (SIGKILL unless told) a process by its label: `orders`, or `orders-1` for its second replica. */
  kill(label: string, signal?: NodeJS.Signals): void;
  /**
   * Rolling restart: of all services, BFFs and the gateway, or of those named (`orders` with all its replicas, `orders-1`).
   * @throws when one does not become ready; what came after it was left as it was
   */
  restart(...names: string[]): Promise<void>;
  /** Waits until that process, or every one, is ready (again). */
  untilReady(label?: string, withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Where tests find the servers that `npm test` has started for them. */
export function givenByTests(): Given {
  const { TEST_DATABASE_URL, E2E_RABBITMQ_URL, TEST_RABBITMQ_URL, TEST_REDIS_URL } = process.env;
  return {
    postgres: TEST_DATABASE_URL,
    rabbitmq: E2E_RABBITMQ_URL ?? TEST_RABBITMQ_URL,
    redis: TEST_REDIS_URL,
  };
}

/**
 * Brings a whole system up: servers, databases, builds, processes; answers once every process is ready.
 * Whatever fails, everything that it had started is stopped before it throws.
 *
 * By default it is a test's system: own folder `.data/test`, free ports, empty databases, the servers of
 * `npm test` where they run.
 * @throws AlreadyRunning when a system runs at the same root.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { root = '.data/test', ports = 'free', mode = 'test', fresh = true, say = () => undefined } = options;
  const folders = foldersAt(root);
  const opened = await openSite(folders, {
    fresh,
    throwAway: mode === 'test',
    vhosts: options.vhosts ?? [],
    say,
  });
  options.onStoppable?.(opened.close);
  try {
    return await raise({ ...options, root, ports, mode, fresh, say }, folders, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

type Opened = Awaited<ReturnType<typeof openSite>>;

async function raise(
  options: StackOptions & { say: (line: string) => void },
  folders: Folders,
  opened: Opened,
): Promise<Stack> {
  const { say, mode = 'test', fresh = true, demoData = true } = options;
  const { site, supervisor, claims } = opened;
  const outside = process.env;
  const leaveOut = new Set(options.leaveOut ?? []);
  if (outside.STRIPE_API_BASE) leaveOut.add('card-processor');
  if (outside.SMTP_URL) leaveOut.add('mail-sink');
  const { singleProcess = false } = options;
  const plan = planSystem(options.replicas ?? {}, leaveOut);
  const { residents, others } = together(plan);
  if (fresh)
    for (const folder of [folders.mail, folders.cards]) rmSync(folder, { recursive: true, force: true });

  const bringing = serversFor(site, options.given ?? givenByTests(), singleProcess).then(async (found) => {
    const urls = await prepareDatabases(found.postgres, site.secrets, {
      prefix: options.databasePrefix ?? (mode === 'test' ? 'caravan_e2e_' : 'caravan_'),
      fresh,
    });
    return { found, urls };
  });
  const built = buildIfStale(
    singleProcess
      ? [SINGLE_PROCESS, ...appNames.filter((app) => others.some(({ name }) => name === app))]
      : appNames.filter((app) => plan.some(({ name }) => name === app)),
    say,
    supervisor.aborted,
  );
  await allOrNothing([bringing, built], () => supervisor.stop());
  const { found, urls } = await bringing;

  const broker = singleProcess ? undefined : found.rabbitmq;
  const servers = [found.postgres, broker, found.redis].filter((server) => server !== undefined);
  supervisor.infrastructure = servers.map(({ kind, version, source, url }) => ({
    name: titles[kind],
    version,
    source,
    url: withoutPassword(url),
  }));
  supervisor.hints = servers.flatMap(({ hints }) => hints ?? []);
  if (singleProcess) supervisor.topology = SINGLE_PROCESS;
  const start = 22_000 + Math.floor(Math.random() * 9_000);
  const taken = await givePorts(plan, options.ports ?? 'free', claims, start);
  const takenPorts = taken.map(
    ({ wanted, got, name }) => `port ${wanted} is taken by ${holderOf(wanted)}: ${name} took ${got}`,
  );
  const urlOf = (name: string): string => `http://127.0.0.1:${portsByName(plan).get(name)?.[0] ?? 0}`;
  supervisor.gateway = urlOf('gateway');
  const around = {
    mode,
    demoData,
    outside,
    rabbitmqUrl: broker?.url ?? IN_MEMORY,
    redisUrl: found.redis?.url,
    databaseUrls: urls,
    get ports() {
      return portsByName(plan);
    },
    get managementPorts() {
      return portsByName(plan, 'managementPort');
    },
    stripeSecretKey: site.secrets.get('stripe', 'sk_test_'),
    stripeWebhookSecret: site.secrets.get('stripe-webhook', 'whsec_'),
    mailFolder: folders.mail,
    cardProcessorFolder: folders.cards,
    // Node's threads share two of glibc's heaps instead of having one each.
    plain: { ...plainEnvironment(folders.root), MALLOC_ARENA_MAX: '2' },
  };
  const exchange = new PortExchange(plan, claims, supervisor, (line) => {
    takenPorts.push(line);
    say(`  ${line}`);
  });
  const programs = new Map(Object.entries(options.programs ?? {}));
  const spec = (planned: Planned, meanwhile?: number): ProcessSpec => {
    const env = options.env?.[planned.name];
    const program = programs.get(labelOf(planned)) ?? programs.get(planned.name);
    return exchange.offeredTo(specOf(planned, around, folders, { env, program, meanwhile }), () =>
      spec(planned, meanwhile),
    );
  };
  const single = (): ProcessSpec =>
    exchange.offeredTo(singleSpecOf(residents, around, folders, options.env), single);
  say(`  starting ${singleProcess ? others.length + 1 : plan.length} processes`);
  await allOrNothing(
    singleProcess
      ? [
          supervisor.run(single(), 0, true),
          ...others.map((planned) => supervisor.run(spec(planned), planned.stage, true)),
        ]
      : plan.map((planned) => supervisor.run(spec(planned), planned.stage, true)),
    () => supervisor.stop(),
  );
  supervisor.gateway = urlOf('gateway');
  const replaceable = restartables(supervisor, singleProcess ? others : plan, spec, claims);
  await exchange.tellOthers(replaceable, spec);
  supervisor.becomeReady();

  const restarting = new RollingRestart(replaceable, (names, tell) =>
    buildIfStale(
      appNames.filter((app) => names.includes(app)),
      tell,
    ),
  );
  const control = openControl(folders, {
    restart: async (names, tell, gone) => {
      if (singleProcess && names.length === 0) {
        tell(
          'All services are one process, which cannot be replaced while it runs: npm stop, then npm start.',
        );
        return 1;
      }
      return (await restarting.run(names, tell, gone)) ? 0 : 1;
    },
  });
  supervisor.aborted.addEventListener('abort', () => control.close());

  return {
    gatewayUrl: supervisor.gateway,
    cardProcessorUrl: urlOf('card-processor'),
    mailFolder: folders.mail,
    folders,
    servers: found,
    databaseUrls: urls,
    takenPorts,
    hints: supervisor.hints,
    get state() {
      return supervisor.phase;
    },
    get processes() {
      return supervisor.status().processes;
    },
    programs,
    supervisor,
    status: () => supervisor.status(),
    kill: (label, signal = 'SIGKILL') => supervisor.find(label).kill(signal),
    restart: async (...names) => {
      const told: string[] = [];
      const tell = (line: string) => void told.push(line);
      if (!(await restarting.run(names, tell, supervisor.aborted))) throw new Error(told.join('\n'));
    },
    untilReady: (label, withinMs = 60_000) => untilReady(supervisor, label, withinMs),
    stop: () => opened.close(),
  };
}

async function serversFor(site: Site, given: Given, singleProcess: boolean): Promise<Servers> {
  if (!singleProcess) return bringUp(site, given);
  return {
    ...(await bringUpWithoutBroker(site, given)),
    get rabbitmq(): never {
      throw new Error('there is no broker: all services are one process');
    },
  };
}

/** At the first failure `abandon` is called; the failure comes out when all of the work has ended. */
async function allOrNothing(work: Promise<unknown>[], abandon: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(work);
  } catch (error) {
    void abandon();
    await Promise.allSettled(work);
    throw error;
  }
}

async function untilReady(
  supervisor: Supervisor,
  label: string | undefined,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  const waitedFor = () =>
    (label === undefined ? supervisor.listed() : [supervisor.find(label)]).filter(
      ({ state }) => state !== 'ready',
    );
  for (let missing = waitedFor(); missing.length > 0; missing = waitedFor()) {
    if (performance.now() > deadline)
      throw new Error(
        `not ready after ${withinMs} ms: ${missing.map((process) => process.label).join(', ')}`,
      );
    await delay(50);
  }
}
