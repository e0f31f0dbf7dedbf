import { join } from 'node:path';
import { prepareDatabases } from '../tools/infrastructure/databases.ts';
import { NODE_FLAGS } from '../tools/node-flags.ts';
import { Secrets } from '../tools/secrets.ts';
import { type Caravan, environment } from './caravan.ts';
import { Child } from './child.ts';
import type { Subject } from './flags.ts';
import { type Generator, httpParts, READ_AT, SKUS } from './parts.ts';
import { cardProcessor, pidsOf, port, startAll, stopAll, STRIPE_KEY } from './processes.ts';
import { sourceOf } from './programs.ts';
import { Quiet } from './quiet.ts';
import type { Part } from './rounds.ts';
import { type HttpSystem, serversOf } from './system.ts';
import { plainOrders, productList } from './work.ts';

/** What a part of the work costs where nothing else is there: one process, which Node runs as it is. */
async function floor(
  name: string,
  program: string,
  caravan: Caravan,
  env: Record<string, string>,
): Promise<HttpSystem> {
  const at = await port();
  const child = await Child.start(sourceOf(program), {
    flags: NODE_FLAGS,
    env: { ...environment(caravan), ...env, PORT: String(at) },
    logFile: join(caravan.stack.folders.logs, `${name.replaceAll(' ', '-')}.log`),
  });
  return {
    name,
    origin: `http://127.0.0.1:${at}`,
    databases: Quiet.nothing(),
    roots: () => ({ ...serversOf(caravan.roots()), [program]: child.pid }),
    stop: () => child.stop(),
  };
}

/** Orders in one process and one transaction. */
async function orderFloor(
  name: string,
  caravan: Caravan,
  productsFile: string,
  env: Record<string, string> = {},
): Promise<HttpSystem> {
  const { servers, folders } = caravan.stack;
  const prefix = `bench_${name.replaceAll(' ', '_')}_`;
  const urls = await prepareDatabases(servers.postgres, new Secrets(folders.secrets), {
    prefix,
    fresh: true,
  });
  const own = { PRODUCTS_FILE: productsFile, DATABASE_URL: urls.get('orders') ?? '' };
  return floor(name, 'floor', caravan, { ...own, ...env });
}

/** The same, and a card processor is asked about each. */
async function orderFloorWithCards(caravan: Caravan, productsFile: string): Promise<HttpSystem> {
  const at = await port();
  const processor = await startAll([cardProcessor('floor', at, caravan.stack.folders)]);
  const system = await orderFloor('floor with cards', caravan, productsFile, {
    STRIPE_API_BASE: `http://127.0.0.1:${at}`,
    STRIPE_SECRET_KEY: STRIPE_KEY,
  });
  return {
    ...system,
    roots: () => ({ ...system.roots(), ...pidsOf(processor) }),
    async stop() {
      await system.stop();
      await stopAll(processor);
    },
  };
}

export async function floorParts(
  generator: Generator,
  caravan: Caravan,
  productsFile: string,
  { only, skus, concurrency }: { only: readonly Subject[]; skus: readonly string[]; concurrency: number[] },
): Promise<Part[]> {
  const parts: Part[] = [];
  if (only.includes('floor')) {
    const work = plainOrders(skus.slice(0, SKUS));
    const place = { subject: 'checkout', name: 'checkout', work, at: concurrency, placing: true } as const;
    for (const system of [
      await orderFloor('floor', caravan, productsFile),
      await orderFloorWithCards(caravan, productsFile),
    ])
      parts.push(...httpParts(generator, system, place));
  }
  if (only.includes('apollo')) {
    const system = await floor('apollo alone', 'apollo', caravan, { PRODUCTS_FILE: productsFile });
    const list = { subject: 'list', name: '20 products', work: productList(), at: READ_AT } as const;
    parts.push(...httpParts(generator, system, list));
  }
  return parts;
}
