import type { Fault } from '../fault.ts';
import { inserted, moved, removed, renamed, swapped } from '../releases/releases.ts';
import type { Release } from '../releases/release.ts';
import { asAdmin } from '../tools/database.ts';
import { buildAll, deploy, inFlight, inWords, slowDown } from '../tools/deployment.ts';
import { fromPositions } from './deploy-from-positions.ts';
import { rolledBack } from './deploy-rolled-back.ts';
import type { World } from '../world.ts';

/** So many orders are answered before, between and after the deployments, which makes 200. */
const BETWEEN = 50;

interface Deployment {
  readonly name: string;
  readonly title: string;
  readonly to: Release;
  /** What runs before; this checkout's own build unless told. */
  readonly from?: Release;
  readonly orders?: number;
  readonly replicas?: number;
}

/** Forth, back and forth again in the middle of orders, which are slow at every step. */
function deployment({ name, title, to, from, orders = 150, replicas = 1 }: Deployment): Fault {
  const receivers = [...new Set([from, to].flatMap((release) => release?.apps ?? []))].filter(
    (app) => app !== 'orders',
  );
  const onTheirWay: ReadonlyMap<string, number>[] = [];
  const step = async (world: World, release?: Release): Promise<void> => {
    const { load, did } = world;
    await load!.reached(load!.known + BETWEEN);
    const now = await inFlight(world);
    onTheirWay.push(now);
    did(`on their way: ${inWords(now)}`);
    await deploy(world, 'orders', release);
  };
  return {
    name: `deploy-${name}`,
    title: `${title}; deployed, rolled back and deployed again in the middle of orders`,
    setup: { replicas: { orders: replicas } },
    load: { orders, rate: 25, cancels: 0.2 },
    explains: ({ reason }) => reason === 'payments.suspicious',
    async prepare(world) {
      onTheirWay.length = 0;
      await buildAll(
        world,
        [from, to].filter((release) => release !== undefined),
      );
      // Who answers comes before who asks.
      for (const service of receivers) await deploy(world, service, to.apps.includes(service) ? to : from);
      if (from) await deploy(world, 'orders', from);
    },
    async run(world) {
      await slowDown(world);
      await step(world, to);
      await step(world, from);
      await step(world, to);
      await world.load!.reached(world.load!.known + BETWEEN);
    },
    async verify(world) {
      const wrong = await wronglyMixed(world, to, onTheirWay);
      for (const service of ['orders', ...receivers]) await deploy(world, service);
      return wrong;
    },
  };
}

const ENDED = `
  SELECT definition, count(*)::int AS n FROM saga WHERE type = 'checkout' AND due_at IS NULL GROUP BY 1`;

/** A deployment that nothing met proves nothing. */
async function wronglyMixed(
  { ground, released }: World,
  to: Release,
  onTheirWay: readonly ReadonlyMap<string, number>[],
): Promise<string[]> {
  const rows = await asAdmin<{ definition: string; n: number }>(ground.servers.postgres.url, 'orders', ENDED);
  const names = new Map(released.map(({ fingerprint, name }) => [fingerprint, name]));
  const words = rows.map(({ definition, n }) => `${n} as ${names.get(definition) ?? definition}`).join(', ');
  const few = onTheirWay.filter((counts) => counts.size < 3);
  return [
    ...(rows.length < 2 ? [`${to.name}: all checkouts ran under one definition: ${words}`] : []),
    ...few.map((counts) => `${to.name}: a deployment met too few checkouts on their way: ${inWords(counts)}`),
  ];
}

const CHANGES: readonly Deployment[] = [
  { name: 'step-inserted', title: '"check fraud" comes between two steps', to: inserted, orders: 200 },
  { name: 'step-removed', title: '"check fraud" is taken out', from: inserted, to: removed },
  { name: 'steps-swapped', title: 'the first two steps are swapped', to: swapped },
  { name: 'steps-renamed', title: 'a step that asks and a local one are renamed', to: renamed },
  { name: 'orders-moved', title: '"check fraud" is inserted, and orders before it are moved', to: moved },
];

export const deployFaults: Fault[] = [
  ...CHANGES.map(deployment),
  ...CHANGES.map((change) =>
    deployment({
      ...change,
      name: `${change.name}-side-by-side`,
      title: `${change.title}, with two replicas of orders`,
      replicas: 2,
    }),
  ),
  rolledBack,
  fromPositions,
];
