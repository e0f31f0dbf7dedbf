import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { findExecutable } from '../../tools/infrastructure/machine.ts';
import { members } from '../../tools/system-plan.ts';
import type { Fault } from '../fault.ts';
import { arm } from '../tools/fault-points.ts';
import type { World } from '../world.ts';

const SERVICES = members.map(({ name }) => name);
/** Those that own data, and whom somebody could wrongly take for dead. */
const OWNERS = ['orders', 'payments', 'inventory', 'notifications'];
const TIMES = 3;
const PAIR = Object.fromEntries(
  ['orders', 'payments', 'inventory', 'notifications', 'bff-web'].map((name) => [name, 2]),
);

/** kill -9, three times, at moments that the seed chooses. */
const killed = (service: string): Fault => ({
  name: `kill-${service}`,
  title: `kill -9 of ${service}, ${TIMES} times in the middle of checkouts`,
  async run({ processes, random, did }) {
    for (let n = 0; n < TIMES; n++) {
      const label = random.pick(processes.replicasOf(service));
      processes.kill(label);
      did(`kill -9 ${label}`);
      await delay(random.int(200, 2_500));
      await processes.allReady();
    }
  },
});

const together = (name: string, title: string, choose: (world: World) => string[]): Fault => ({
  name,
  title,
  async run(world) {
    const labels = choose(world);
    for (const label of labels) world.processes.kill(label);
    world.did(`kill -9 ${labels.join(', ')}`);
    await world.processes.allReady();
  },
});

const ours = ({ processes }: World): string[] => SERVICES.flatMap((name) => processes.replicasOf(name));

/** Longer than the lease of a payment (12 s) and than the patience of a saga's first step (10 s). */
const frozen = (service: string): Fault => ({
  name: `freeze-${service}`,
  title: `${service} stands still for 16 s (SIGSTOP), longer than its leases; another replica goes on; then it wakes`,
  setup: { replicas: PAIR },
  load: { orders: 150, rate: 15 },
  async run({ processes, random, did }) {
    const label = random.pick(processes.replicasOf(service));
    did(`SIGSTOP ${label}`);
    await processes.freeze([label], 16_000);
    did(`SIGCONT ${label}`);
  },
});

const terminated = (service: string): Fault => ({
  name: `term-${service}`,
  title: `SIGTERM to ${service} while a handler takes three seconds, and again while it drains`,
  async run({ processes, random, did }) {
    const label = random.pick(processes.replicasOf(service));
    if (OWNERS.includes(service))
      await arm(processes, label, 'consumer.before-ack', { action: 'stall', ms: 3_000 });
    await delay(500);
    processes.kill(label, 'SIGTERM');
    await delay(700);
    processes.find(label).kill('SIGTERM');
    did(`SIGTERM ${label}, twice`);
    await processes.allReady();
  },
});

export const processFaults: Fault[] = [
  ...SERVICES.map(killed),
  together('kill-two', 'kill -9 of two processes in the same moment', (world) =>
    world.random.shuffled(ours(world)).slice(0, 2),
  ),
  together('kill-all', 'kill -9 of every service in the same moment; all start together, cold', ours),
  together('kill-everything', 'kill -9 of every service and every server in the same moment', (world) => [
    ...ours(world),
    'postgres',
    'rabbitmq',
    'redis',
  ]),
  ...OWNERS.map(frozen),
  ...['gateway', 'bff-web', ...OWNERS, 'users'].map(terminated),
  {
    name: 'term-past-grace',
    title: 'SIGTERM to payments while a handler takes longer than the grace period',
    async run({ processes, did }) {
      const [label = ''] = processes.replicasOf('payments');
      await arm(processes, label, 'consumer.before-handler', { action: 'stall', ms: 25_000 });
      await delay(500);
      processes.kill(label, 'SIGTERM');
      did(`SIGTERM ${label}`);
      await processes.allReady();
    },
  },
  {
    name: 'term-at-start',
    title: 'SIGTERM to services that are just starting',
    async run({ processes, did }) {
      for (const label of OWNERS.flatMap((name) => processes.replicasOf(name))) {
        const { pid } = processes.find(label).identity ?? {};
        processes.kill(label);
        while (processes.find(label).identity === undefined || processes.find(label).identity?.pid === pid)
          await delay(10);
        await delay(150);
        processes.kill(label, 'SIGTERM');
        did(`kill -9 ${label}, SIGTERM when it came back`);
      }
      await processes.allReady();
    },
  },
  {
    name: 'out-of-file-descriptors',
    title: 'the gateway and orders may open no more files or sockets for six seconds (prlimit)',
    needs: () => (findExecutable('prlimit') ? undefined : 'there is no prlimit'),
    async run({ processes, did }) {
      const labels = [...processes.replicasOf('gateway'), ...processes.replicasOf('orders')];
      const limit = (files: string): void => {
        for (const label of labels) {
          const { pid } = processes.find(label).identity ?? {};
          if (pid !== undefined) execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}`]);
        }
      };
      limit('24:');
      did(`${labels.join(', ')}: at most 24 files`);
      await delay(6_000);
      limit('4096:');
      did('4096 again');
    },
  },
  {
    name: 'small-heaps',
    title: 'every service with 64 MB of heap, under twice the load',
    setup: {
      env: Object.fromEntries(SERVICES.map((name) => [name, { NODE_OPTIONS: '--max-old-space-size=64' }])),
    },
    load: { orders: 600, concurrency: 32, rate: 0 },
    run: () => Promise.resolve(),
  },
];
