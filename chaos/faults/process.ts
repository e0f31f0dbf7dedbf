import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

const SERVICES = [
  'gateway',
  'bff-web',
  'users',
  'orders',
  'payments',
  'inventory',
  'notifications',
  'card-processor',
  'mail-sink',
];
const TIMES = 3;

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

export const processFaults: Fault[] = [...SERVICES.map(killed)];
