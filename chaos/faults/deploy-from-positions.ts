import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { byPosition } from '../releases/releases.ts';
import { setCardFaults } from '../tools/card-processor.ts';
import { asAdmin } from '../tools/database.ts';
import { deploy, inFlight, inWords, slowDown } from '../tools/deployment.ts';
import { isInHistory } from '../releases/release.ts';
import type { World } from '../world.ts';

/** Sagas in a pause, stuck and undoing, as they are met. */
async function standings({ ground }: World): Promise<string> {
  const [row] = await asAdmin<Record<string, number>>(
    ground.servers.postgres.url,
    'orders',
    `SELECT (count(*) FILTER (WHERE ask IS NULL))::int AS paused, (count(*) FILTER (WHERE stuck))::int AS stuck,
       (count(*) FILTER (WHERE state = 'undoing'))::int AS undoing, count(*)::int AS open
     FROM saga WHERE due_at IS NOT NULL`,
  );
  return JSON.stringify(row);
}

/** Captures time out, so that checkouts pause; voids take long, so that checkouts undo. */
async function trouble(world: World): Promise<void> {
  await setCardFaults(world, [
    { operation: 'capture', kind: 'delay', delayMs: 14_000, probability: 0.5 },
    { operation: 'create', kind: 'delay', delayMs: 2_500, probability: 0.5 },
    { operation: 'cancel', kind: 'delay', delayMs: 3_000 },
  ]);
  world.did('half of the captures take longer than is waited for, voids three seconds');
}

/** Some checkouts of the older release that wait for their money have failed five times: their next failure calls people. */
const nearlyStuck = ({ ground }: World): Promise<object[]> =>
  asAdmin(
    ground.servers.postgres.url,
    'orders',
    `UPDATE saga SET attempt = 5, updated_at = now() WHERE type = 'checkout' AND id IN (
       SELECT id FROM saga WHERE type = 'checkout' AND step = 3 AND due_at IS NOT NULL AND NOT stuck ORDER BY due_at DESC LIMIT 20)`,
  );

/** Between this checkout and the last release that stored positions, forth and back, side by side against one database. */
export const fromPositions: Fault = {
  name: 'deploy-from-positions',
  title: 'from the release that stored positions to this one and back, twice, with two replicas of orders',
  needs: () =>
    isInHistory(byPosition) ? undefined : `the commit ${byPosition.commit} is not in this checkout's history`,
  setup: { release: byPosition, replicas: { orders: 2 } },
  load: { orders: 300, rate: 20, cancels: 0.2 },
  longestMs: 400_000,
  finalWithinMs: 150_000,
  // What the older release brings to its end has no journal from there on.
  forgives: ({ invariant, what }) =>
    invariant === 'I14' && /an earlier release brought it to its end/.test(what),
  async run(world) {
    const step = async (release?: typeof byPosition): Promise<void> => {
      if (!release) await nearlyStuck(world);
      await world.load!.reached(world.load!.known + 40);
      await delay(12_000);
      world.did(`on their way: ${inWords(await inFlight(world))}; ${await standings(world)}`);
      await deploy(world, 'orders', release);
    };
    await slowDown(world);
    await trouble(world);
    await step();
    await step(byPosition);
    await step();
    await step(byPosition);
    await setCardFaults(world, []);
    await step();
  },
};
