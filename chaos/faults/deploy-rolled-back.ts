import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { inserted, removed } from '../releases/releases.ts';
import { asAdmin } from '../tools/database.ts';
import { buildAll, deploy, fingerprintOf, slowDown } from '../tools/deployment.ts';
import { logOf } from '../tools/log.ts';
import type { World } from '../world.ts';

/** The alarm is raised after a minute; the service looks every ten seconds. */
const ROLLED_BACK_MS = 75_000;

interface Waiting {
  readonly id: string;
  readonly ask: string | null;
  readonly attempt: number;
}

const waitingFor = ({ ground }: World, fingerprint: string): Promise<Waiting[]> =>
  asAdmin<Waiting>(
    ground.servers.postgres.url,
    'orders',
    `SELECT id, ask, attempt FROM saga WHERE definition = '${fingerprint}' AND due_at IS NOT NULL ORDER BY id`,
  );

/** What the older release says of orders that it cannot continue. @returns what is wrong, in words */
async function toldWhileWaiting(
  world: World,
  fingerprint: string,
  before: readonly Waiting[],
): Promise<string[]> {
  const { processes, load, ground } = world;
  const wrong: string[] = [];
  const waiting = await waitingFor(world, fingerprint);
  if (before.length === 0) wrong.push('no order waited');
  if (JSON.stringify(waiting) !== JSON.stringify(before))
    wrong.push('orders of the newer release went on in the older');
  const [{ n: held } = { n: 0 }] = await asAdmin<{ n: number }>(
    ground.servers.postgres.url,
    'orders',
    'SELECT count(*)::int AS n FROM saga_held_reply',
  );
  if (held === 0) wrong.push('no answer was held');
  for (const label of processes.replicasOf('orders')) {
    const { managementPort } = processes.find(label).spec;
    const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
    const [, counted] =
      new RegExp(`^sagas_unknown_definition\\{[^}]*"${fingerprint}"[^}]*\\} (\\d+)$`, 'm').exec(metrics) ??
      [];
    if (Number(counted) !== waiting.length)
      wrong.push(`${label}: sagas_unknown_definition is ${counted} instead of ${waiting.length}`);
    if (
      !logOf(world, label).includes(
        `under a definition that this release does not know (checkout ${fingerprint})`,
      )
    )
      wrong.push(`${label} raised no alarm`);
  }
  const open = new Set(waiting.map(({ id }) => id));
  const purchase = load?.purchases.find(({ orderId }) => open.has(orderId ?? ''));
  const answer = await purchase?.customer.cancel(purchase.orderId!);
  if (answer?.kind !== 'failed' || answer.code !== 'UNAVAILABLE')
    wrong.push(`the cancellation of a waiting order was answered ${JSON.stringify(answer)}`);
  world.did(
    `${waiting.length} orders wait, ${held} answers are held, a cancellation: ${JSON.stringify(answer)}`,
  );
  return wrong;
}

const seen = new WeakMap<World, string[]>();

/** Orders of a release that is rolled back for good wait for one that knows their definition. */
export const rolledBack: Fault = {
  name: 'deploy-rolled-back',
  title: 'a release with "check fraud" is rolled back for good; a later one without the step ends its orders',
  load: { orders: 150, rate: 5, cancels: 0 },
  longestMs: 400_000,
  explains: ({ reason }) => reason === 'payments.suspicious',
  async prepare(world) {
    await buildAll(world, [inserted, removed]);
    await deploy(world, 'payments', inserted);
  },
  async run(world) {
    const fingerprint = await fingerprintOf(inserted, 'checkout');
    await slowDown(world);
    await deploy(world, 'orders', inserted);
    await world.load!.reached(world.load!.known + 40);
    await deploy(world, 'orders');
    const before = await waitingFor(world, fingerprint);
    await delay(ROLLED_BACK_MS);
    seen.set(world, await toldWhileWaiting(world, fingerprint, before));
    await deploy(world, 'orders', removed);
  },
  async verify(world) {
    for (const service of ['orders', 'payments']) await deploy(world, service);
    return seen.get(world) ?? ['no look was taken while the orders waited'];
  },
};
