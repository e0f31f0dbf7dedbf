import { type Stack, startStack } from '../tools/stack.ts';
import { openJournal } from './checker/journal.ts';
import type { Released } from './checker/world.ts';
import { Recorder } from './checker/recorder.ts';
import type { Setup } from './fault.ts';
import type { Ground } from './ground.ts';
import { Customer, type Product } from './load/shop.ts';
import { members } from '../tools/system-plan.ts';
import { buildRelease, programOf } from './releases/release.ts';
import { emptyBroker } from './tools/broker.ts';
import { Processes } from './tools/processes.ts';
import { gatewaysOf } from './world.ts';

const CUSTOMERS = 8;
const SKUS = 40;
/** Of the products that everybody wants: one runs out, the others never do. */
const PIECES = [200_000, 200_000, 0, ...Array.from({ length: 7 }, () => 200_000)];
const LIMITS = ['PER_CUSTOMER', 'PER_ADDRESS', 'UNKNOWN_PATHS', 'AUTH'];

/** The services on the ground, with customers at the door and full shelves. */
export interface System {
  readonly setup: Setup;
  readonly ground: Ground;
  readonly stack: Stack;
  readonly processes: Processes;
  readonly customers: readonly Customer[];
  /** What all of them wanted and were told. */
  readonly recorder: Recorder;
  readonly skus: readonly string[];
  /** Products that the load leaves alone; who wants one to himself takes it out. */
  readonly aside: Product[];
  /** What faults before have broken for good, by right and in words: not held against those after. */
  readonly forgiven: Set<string>;
  /** Definitions of other releases that have run in it. */
  readonly released: Released[];
  /** Past the proxies, for those who look. */
  readonly databaseUrls: ReadonlyMap<string, string>;
}

/** Starts every service anew, on empty databases and queues. */
export async function startSystem(
  ground: Ground,
  root: string,
  setup: Setup,
  say: (line: string) => void,
  onStoppable?: (stop: () => Promise<void>) => void,
): Promise<System> {
  const url = (kind: 'postgres' | 'rabbitmq' | 'redis'): string =>
    setup.direct ? ground.servers[kind].url : ground.through(kind);
  const env = Object.fromEntries(
    members.map(({ name }) => [
      name,
      {
        ...(name === 'gateway' && Object.fromEntries(LIMITS.map((limit) => [`RATE_LIMIT_${limit}`, '0']))),
        FAULT_POINTS: 'on',
        ...setup.env?.[name],
      },
    ]),
  );
  const { release } = setup;
  if (release) await buildRelease(release, say);
  await emptyBroker(ground.servers.rabbitmq.url);
  const stack = await startStack({
    root,
    given: { postgres: url('postgres'), rabbitmq: url('rabbitmq'), redis: url('redis') },
    databasePrefix: 'caravan_storm_',
    replicas: setup.replicas,
    env,
    ...(release && { programs: { orders: programOf(release, 'orders') } }),
    say,
    onStoppable,
  });
  const gateways = (): string[] => gatewaysOf(stack);
  const processes = new Processes(() => [stack.supervisor, ground.supervisor]);
  const recorder = new Recorder();
  const customers = await Promise.all(
    Array.from({ length: CUSTOMERS }, () =>
      new Customer(gateways, undefined, undefined, recorder).register(),
    ),
  );
  const products = await fillShelves(
    await new Customer(gateways, 'staff@example.com', 'caravan-demo').logIn(),
  );
  const databaseUrls = new Map(
    [...stack.databaseUrls].map(([service, through]) => [
      service,
      Object.assign(new URL(through), { port: new URL(ground.servers.postgres.url).port }).toString(),
    ]),
  );
  await openJournal(databaseUrls);
  return {
    setup,
    ground,
    stack,
    processes,
    customers,
    recorder,
    skus: products.slice(0, SKUS).map(({ sku }) => sku),
    aside: products.slice(SKUS),
    forgiven: new Set(),
    released: [],
    databaseUrls,
  };
}

async function fillShelves(staff: Customer): Promise<Product[]> {
  const answer = await staff.products();
  if (answer.kind !== 'ok') throw new Error(`no products: ${JSON.stringify(answer)}`);
  const products = answer.data.products.nodes;
  for (const [n, { sku, available }] of products.slice(0, SKUS).entries()) {
    const missing = (PIECES[n] ?? 20_000) - (available ?? 0);
    if (missing > 0) await staff.restock(sku, missing);
  }
  return products;
}
