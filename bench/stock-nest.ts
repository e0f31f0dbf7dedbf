import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import amqp from 'amqplib';
import { checkout, nodeBinary } from '../tools/checkout.ts';
import { prepareDatabases } from '../tools/infrastructure/databases.ts';
import { plainEnvironment } from '../tools/infrastructure/infrastructure.ts';
import { Secrets } from '../tools/secrets.ts';
import { ManagedProcess, type ProcessSpec } from '../tools/supervision/managed-process.ts';
import { nextFree } from '../tools/supervision/ports.ts';
import { accepts } from '../tools/supervision/probes.ts';
import type { Caravan } from './caravan.ts';
import { Quiet } from './quiet.ts';
import { home } from './stock-nest-build.ts';
import { SERVERS, type System } from './system.ts';

export const VARIANTS = ['generated', 'tuned'] as const;
export type Variant = (typeof VARIANTS)[number];

export const nameOf = (variant: Variant): string => `stock-nest ${variant}`;
export const vhostOf = (variant: Variant): string => `stock-nest-${variant}`;

const SERVICES = ['users', 'inventory', 'payments', 'orders'];
const START_MS = 60_000;

/**
 * The baseline in one of its variants, on the servers that Caravan's bench has brought up: a virtual host, databases
 * and a card processor's sandbox of its own.
 * @param productsFile what it shall sell
 */
export async function startStockNest(
  variant: Variant,
  { stack, roots }: Caravan,
  productsFile: string,
): Promise<System> {
  const { folders, servers } = stack;
  const reserved = new Set<number>();
  const port = (): Promise<number> => nextFree(33_000, reserved);
  const broker = new URL(servers.rabbitmq.url);
  broker.pathname = `/${vhostOf(variant)}`;
  const urls = await prepareDatabases(servers.postgres, new Secrets(folders.secrets), {
    prefix: `stock_nest_${variant}_`,
    fresh: true,
  });
  const [cards, bff, gateway] = [await port(), await port(), await port()];
  const cardFolder = join(folders.root, `card-processor-${vhostOf(variant)}`);
  rmSync(cardFolder, { recursive: true, force: true });
  mkdirSync(cardFolder, { recursive: true });

  const plain = plainEnvironment(folders.root);
  const common = {
    ...plain,
    NODE_ENV: 'production',
    TUNED: String(variant === 'tuned'),
    RABBITMQ_URL: broker.toString(),
    JWT_SECRET: 'only as secret as a benchmark needs it',
  };
  const key = { STRIPE_SECRET_KEY: 'sk_test_stock_nest' };
  const own: Record<string, Record<string, string>> = {
    inventory: { PRODUCTS_FILE: productsFile },
    payments: { ...key, STRIPE_API_BASE: `http://127.0.0.1:${cards}` },
    bff: { PORT: String(bff) },
    gateway: { PORT: String(gateway), BFF_URL: `http://127.0.0.1:${bff}` },
  };
  const spec = (name: string, program: string, env: Record<string, string>): Omit<ProcessSpec, 'ready'> => ({
    name,
    replica: 0,
    command: nodeBinary,
    args: [program],
    cwd: checkout,
    env,
    logFile: join(folders.logs, `${vhostOf(variant)}-${name}.log`),
    graceMs: 5_000,
  });
  const program = (name: string): string => join(home, 'dist', name, 'main.js');
  const connection = await amqp.connect(broker.toString(), { timeout: 5_000 });
  const channel = await connection.createChannel();
  const specs: ProcessSpec[] = [
    {
      ...spec('card-processor', 'dist/apps/card-processor/main.js', {
        ...plain,
        ...key,
        NODE_ENV: 'development',
        PORT: String(cards),
        CARD_PROCESSOR_DATA: cardFolder,
      }),
      ready: () => accepts(cards),
    },
    ...SERVICES.map((name) => ({
      ...spec(name, program(name), { ...common, DATABASE_URL: urls.get(name) ?? '', ...own[name] }),
      ready: async () => (await channel.assertQueue(name, { durable: true })).consumerCount > 0,
    })),
    ...Object.entries({ bff, gateway }).map(([name, at]) => ({
      ...spec(name, program(name), { ...common, ...own[name] }),
      ready: () => accepts(at),
    })),
  ];
  const processes = specs.map((each) => new ManagedProcess(each));
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((each) => each.stop(new AbortController().signal)));
  };
  try {
    await Promise.all(processes.map(started));
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await connection.close();
  }
  const databases = await Quiet.open(new Map(SERVICES.map((name) => [name, urls.get(name) ?? ''])), []);
  return {
    name: nameOf(variant),
    origin: `http://127.0.0.1:${gateway}`,
    databases,
    roots: () => ({
      ...Object.fromEntries(Object.entries(roots()).filter(([name]) => SERVERS.has(name))),
      ...Object.fromEntries(processes.map(({ label, identity }) => [label, identity?.pid ?? 0])),
    }),
    async stop() {
      await databases.close();
      await stop();
    },
  };
}

function started(process: ManagedProcess): Promise<void> {
  const { label, spec } = process;
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      clearTimeout(patience);
      process.removeAllListeners();
      if (error) reject(error);
      else resolve();
    };
    const fail = (how: string): void =>
      end(
        new Error(
          `stock-nest's ${label} ${how}; the last of ${spec.logFile}:\n${process.logTail(8).join('\n')}`,
        ),
      );
    const patience = setTimeout(() => fail(`was not ready after ${START_MS / 1000} s`), START_MS);
    process.on('change', () => {
      if (process.state === 'ready') end();
    });
    process.on('died', ({ how }) => fail(how));
    process.start();
  });
}
