import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { arm, type Arming, isArmed } from '../tools/fault-points.ts';
import type { World } from '../world.ts';

const CONSUMERS = ['orders', 'inventory', 'payments', 'notifications'];

/** Where each point of the checkout occurs. */
const OCCURS: Readonly<Record<string, readonly string[]>> = {
  'consumer.before-handler': CONSUMERS,
  'consumer.before-ack': CONSUMERS,
  'transaction.before-commit': CONSUMERS,
  'transaction.after-commit': CONSUMERS,
  'outbox.before-mark': ['orders', 'inventory', 'payments'],
  'rpc.before-reply': ['orders', 'inventory', 'payments'],
  'saga.before-undo': ['orders'],
  'payments.before-processor': ['payments'],
  'payments.after-processor': ['payments'],
};
const TIMES = 2;
const PATIENCE_MS = 60_000;

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} within ${PATIENCE_MS / 1_000} s`);
    await delay(25);
  }
}

/** kill -9 of the process by itself, exactly there; started again; once more. */
const dies = (service: string, point: string): Fault => ({
  name: `die-${service}-${point}`,
  title: `${service} dies at ${point}, ${TIMES} times`,
  load: { orders: 20, concurrency: 8, rate: 20 },
  async run({ processes, random, did }) {
    for (let n = 0; n < TIMES; n++) {
      const label = random.pick(processes.replicasOf(service));
      const process = processes.find(label);
      const { restarts, identity } = process;
      await arm(processes, label, point, { action: 'die', after: random.int(0, 4) });
      await until(() => process.identity?.pid !== identity?.pid, `${label} did not come by at ${point}`);
      if (identity) processes.watch(process, identity.pid);
      did(`${label} died at ${point}`);
      await until(() => process.restarts > restarts, `${label} was not started again`);
      await processes.allReady();
    }
  },
});

async function armAndWait({ processes, random, did }: World, service: string, point: string, arming: Arming) {
  const label = random.pick(processes.replicasOf(service));
  await arm(processes, label, point, { after: random.int(0, 2), ...arming });
  const gone = async (): Promise<boolean> => !(await isArmed(processes, label, point));
  await until(gone, `${label} did not come by at ${point}`);
  did(`${label}: ${arming.action} at ${point}, ${arming.times ?? 1} time(s)`);
}

const loses = (service: string, point: string): Fault => ({
  name: `lose-${service}-${point}`,
  title: `${service} loses what ${point} is about, 3 times`,
  load: { orders: 20, concurrency: 8, rate: 20 },
  run: (world) => armAndWait(world, service, point, { action: 'lose', times: 3 }),
});

const stalls = (service: string, point: string, ms: number): Fault => ({
  name: `stall-${service}-${point}`,
  title: `${service} hangs at ${point} for ${ms / 1_000} s`,
  load: { orders: 60, concurrency: 8, rate: 20 },
  async run(world) {
    await armAndWait(world, service, point, { action: 'stall', ms });
    await delay(ms);
  },
});

const blocks = (service: string): Fault => ({
  name: `block-${service}`,
  title: `the event loop of ${service} stands still for 2 s`,
  load: { orders: 60, concurrency: 8, rate: 20 },
  async run(world) {
    await armAndWait(world, service, 'consumer.before-handler', { action: 'block', ms: 2_000 });
    await delay(2_000);
  },
});

const everywhere = (make: (service: string, point: string) => Fault): Fault[] =>
  Object.entries(OCCURS).flatMap(([point, services]) => services.map((service) => make(service, point)));

/** kill -9 at every fault point of the checkout. */
export const killMatrix: Fault[] = everywhere(dies);

export const pointFaults: Fault[] = [
  ...everywhere(loses),
  stalls('orders', 'transaction.before-commit', 12_000),
  stalls('inventory', 'consumer.before-handler', 12_000),
  stalls('payments', 'payments.after-processor', 20_000),
  ...CONSUMERS.map(blocks),
];
