import { setTimeout as delay } from 'node:timers/promises';
import { members } from '../../tools/system-plan.ts';
import type { Fault } from '../fault.ts';

const EVERY_MS = 2_000;
const SERVERS = ['postgres', 'rabbitmq'];

/** The storm of the issue: as long as there is load, somebody dies every two seconds. */
export const randomKills: Fault = {
  name: 'random-kills',
  title: `kill -9 of a random process every ${EVERY_MS / 1_000} s: services, RabbitMQ, PostgreSQL`,
  setup: { direct: true },
  load: { orders: 1_000, concurrency: 32, rate: 0 },
  longestMs: 3_600_000,
  async run({ processes, random, load, options, did }) {
    const targets = [...members.flatMap(({ name }) => processes.replicasOf(name)), ...SERVERS];
    let kills = 0;
    while (load && load.known < options.orders) {
      const alive = targets.filter((label) => processes.find(label).state === 'ready');
      if (alive.length > 0) {
        const label = random.pick(alive);
        processes.kill(label);
        did(`kill -9 ${label}; ${load.known} orders answered`);
        kills++;
      }
      await delay(EVERY_MS);
    }
    did(`${kills} kills in all`);
  },
};
