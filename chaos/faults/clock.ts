import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/** Where Debian's package puts it. */
function faketime(): string | undefined {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib', '/usr/local/lib'];
  return folders
    .map((folder) => join(folder, 'faketime'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .find((file) => file.endsWith('libfaketime.so.1'));
}

const needs = (): string | undefined =>
  faketime() ? undefined : 'libfaketime is not installed (Debian: apt-get install faketime)';

/** Processes with a wall clock of their own; their monotonic clock stays true, as it does when an operator or NTP steps a clock. */
const underClock = (services: readonly string[], clock: Record<string, string>): Fault['setup'] => ({
  env: Object.fromEntries(
    services.map((service) => [
      service,
      {
        LD_PRELOAD: faketime() ?? '',
        DONT_FAKE_MONOTONIC: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        ...clock,
      },
    ]),
  ),
});

const off = (name: string, offset: string, services: readonly string[]): Fault => ({
  name,
  title: `the clocks of ${services.join(' and ')} are ${offset} off`,
  needs,
  setup: underClock(services, { FAKETIME: offset }),
  async run({ did }) {
    did(`clocks ${offset} off since the start`);
    await delay(3_000);
  },
});

/** libfaketime reads it at each look at the clock. While there is none, clocks are right. */
const OFFSET_FILE = resolve('.data/chaos/clock-offset');
/** In one move: libfaketime ends a process that finds the file empty. */
function setOffset(offset: string): void {
  writeFileSync(`${OFFSET_FILE}.new`, `${offset}\n`);
  renameSync(`${OFFSET_FILE}.new`, OFFSET_FILE);
}

const STEPS = ['+5d', '+0', '-5d', '+0', '+1h', '-1h', '+3d', '+0'];
const STEP_MS = 4_000;

export const clockFaults: Fault[] = [
  off('clock-ahead', '+5d', ['orders', 'inventory', 'payments', 'notifications']),
  off('clock-behind', '-5d', ['orders', 'inventory', 'payments', 'notifications']),
  off('clocks-apart', '+1h', ['orders', 'payments']),
  {
    name: 'clock-step',
    title: 'the clocks of all services are stepped back and forth by days while they run',
    needs,
    setup: underClock(
      ['gateway', 'bff-web', 'bff-mobile', 'users', 'orders', 'inventory', 'payments', 'notifications'],
      { FAKETIME_TIMESTAMP_FILE: OFFSET_FILE, FAKETIME_NO_CACHE: '1' },
    ),
    load: { orders: 150, rate: 15 },
    async run({ processes, did }) {
      mkdirSync(resolve('.data/chaos'), { recursive: true });
      try {
        for (const step of STEPS) {
          setOffset(step);
          did(`clocks at ${step}`);
          await delay(STEP_MS);
        }
      } finally {
        setOffset('+0');
      }
      await processes.allReady();
    },
    /** A request right after the last step is answered as one before it: nothing waits for the time that was taken back. */
    async verify(world) {
      const customer = await world.newCustomer();
      const answer = await customer.products();
      return answer.kind === 'ok'
        ? []
        : [`after the last step a new customer gets ${JSON.stringify(answer)}`];
    },
  },
];
