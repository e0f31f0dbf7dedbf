import { setTimeout as delay } from 'node:timers/promises';
import type { Released } from '../checker/world.ts';
import { buildRelease, programOf, type Release, releasedSagasOf } from '../releases/release.ts';
import type { World } from '../world.ts';
import { type CardFault, setCardFaults } from './card-processor.ts';
import { asAdmin } from './database.ts';
import { arm } from './fault-points.ts';

/** So that checkouts stand at every step when the release comes. */
const SLOW: readonly CardFault[] = [
  { operation: 'create', kind: 'delay', delayMs: 2_500, probability: 0.5 },
  { operation: 'capture', kind: 'delay', delayMs: 2_000, probability: 0.5 },
  { operation: 'cancel', kind: 'delay', delayMs: 1_000, probability: 0.5 },
];
/** So long old and new replicas run side by side. */
const SIDE_BY_SIDE_MS = 2_000;

/** Builds releases, and lets the checker know their definitions. */
export async function buildAll(world: World, releases: readonly Release[]): Promise<void> {
  for (const release of releases) {
    await buildRelease(release, world.say);
    world.released.push(...(await definitionsOf(release)));
  }
}

/** The fingerprint of a saga's newest definition in a release that was built. */
export async function fingerprintOf(release: Release, type: string): Promise<string> {
  const newest = (await definitionsOf(release)).findLast((definition) => definition.type === type);
  if (!newest) throw new Error(`${release.name} has no saga ${type}`);
  return newest.fingerprint;
}

async function definitionsOf(release: Release): Promise<readonly Released[]> {
  return ((await import(releasedSagasOf(release))) as { RELEASED: readonly Released[] }).RELEASED;
}

/** A rolling restart of a service into a release, replica by replica; into this checkout's own build without one. */
export async function deploy(world: World, service: string, release?: Release): Promise<void> {
  const { processes, stack, did } = world;
  const labels = processes.replicasOf(service);
  stack.programs.delete(service);
  for (const [n, label] of labels.entries()) {
    if (n > 0) await delay(SIDE_BY_SIDE_MS);
    if (release) stack.programs.set(label, programOf(release, service));
    else stack.programs.delete(label);
    await stack.restart(label);
    did(`${label} runs ${release?.name ?? 'the build of this checkout'}`);
  }
}

/** How many checkouts and cancellations wait at each step right now. */
export async function inFlight({ ground }: Pick<World, 'ground'>): Promise<ReadonlyMap<string, number>> {
  const rows = await asAdmin<{ step: string; n: number }>(
    ground.servers.postgres.url,
    'orders',
    // The release that stores positions has no such column.
    `SELECT coalesce(to_jsonb(saga) ->> 'step_name', type || ' ' || step) AS step, count(*)::int AS n FROM saga
     WHERE due_at IS NOT NULL GROUP BY 1 ORDER BY 1`,
  );
  return new Map(rows.map(({ step, n }) => [step, n]));
}

export const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([step, n]) => `${n} at "${step}"`).join(', ') || 'none';

/** Slows every step of a checkout down, until the fault is over. */
export async function slowDown(world: World): Promise<void> {
  await setCardFaults(world, SLOW);
  for (const label of world.processes.replicasOf('inventory'))
    await arm(world.processes, label, 'consumer.before-handler', { action: 'stall', times: 400, ms: 150 });
}
