import { join } from 'node:path';
import amqp from 'amqplib';
import { prepareDatabases } from '../tools/infrastructure/databases.ts';
import { plainEnvironment } from '../tools/infrastructure/infrastructure.ts';
import { Secrets } from '../tools/secrets.ts';
import type { ProcessSpec } from '../tools/supervision/managed-process.ts';
import { accepts } from '../tools/supervision/probes.ts';
import { balanceBaseline } from './books.ts';
import { brokerUrl, type Caravan } from './caravan.ts';
import { cardProcessor, nodeSpec, pidsOf, port, startAll, stopAll, STRIPE_KEY } from './processes.ts';
import { Quiet } from './quiet.ts';
import { home } from './stock-nest-build.ts';
import { type HttpSystem, serversOf } from './system.ts';

export const VARIANTS = ['generated', 'tuned'] as const;
export type Variant = (typeof VARIANTS)[number];

export const nameOf = (variant: Variant): string => `stock-nest ${variant}`;
export const vhostOf = (variant: Variant): string => `stock-nest-${variant}`;

const SERVICES = ['users', 'inventory', 'payments', 'orders'];

/**
 * The baseline in one of its variants, on the servers that Caravan's bench has brought up: a virtual host, databases
 * and a card processor's sandbox of its own.
 * @param productsFile what it shall sell
 */
export async function startStockNest(
  variant: Variant,
  caravan: Caravan,
  productsFile: string,
): Promise<HttpSystem> {
  const { folders, servers } = caravan.stack;
  const broker = brokerUrl(caravan, vhostOf(variant));
  const urls = await prepareDatabases(servers.postgres, new Secrets(folders.secrets), {
    prefix: `stock_nest_${variant}_`,
    fresh: true,
  });
  const [cards, bff, gateway] = [await port(), await port(), await port()];
  const common = {
    ...plainEnvironment(folders.root),
    NODE_ENV: 'production',
    TUNED: String(variant === 'tuned'),
    RABBITMQ_URL: broker,
    JWT_SECRET: 'only as secret as a benchmark needs it',
  };
  const own: Record<string, Record<string, string>> = {
    inventory: { PRODUCTS_FILE: productsFile },
    payments: { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_API_BASE: `http://127.0.0.1:${cards}` },
    bff: { PORT: String(bff) },
    gateway: { PORT: String(gateway), BFF_URL: `http://127.0.0.1:${bff}` },
  };
  const spec = (name: string, further: Record<string, string> = {}): Omit<ProcessSpec, 'ready'> =>
    nodeSpec(
      name,
      join(home, 'dist', name, 'main.js'),
      { ...common, ...own[name], ...further },
      join(folders.logs, `${vhostOf(variant)}-${name}.log`),
    );
  const connection = await amqp.connect(broker, { timeout: 5_000 });
  const channel = await connection.createChannel();
  const attached = async (queue: string): Promise<boolean> =>
    (await channel.assertQueue(queue, { durable: true })).consumerCount > 0;
  const processes = await startAll([
    cardProcessor(vhostOf(variant), cards, folders),
    ...SERVICES.map((name) => ({
      ...spec(name, { DATABASE_URL: urls.get(name) ?? '' }),
      ready: () => attached(name),
    })),
    ...Object.entries({ bff, gateway }).map(([name, at]) => ({ ...spec(name), ready: () => accepts(at) })),
  ]);
  await connection.close();
  const databases = await Quiet.open(new Map(SERVICES.map((name) => [name, urls.get(name) ?? ''])), []);
  return {
    name: nameOf(variant),
    origin: `http://127.0.0.1:${gateway}`,
    databases,
    roots: () => ({ ...serversOf(caravan.roots()), ...pidsOf(processes) }),
    balance: () => balanceBaseline(nameOf(variant), databases, `http://127.0.0.1:${cards}`),
    async stop() {
      await databases.close();
      await stopAll(processes);
    },
  };
}
