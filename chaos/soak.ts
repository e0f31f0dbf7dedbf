import { setTimeout as delay } from 'node:timers/promises';
import { members } from '../tools/system-plan.ts';
import { FAMILIES } from './catalogue.ts';
import { type Fault, timedOut } from './fault.ts';
import { Random } from './random.ts';

const SERVICES = members.map(({ name }) => name);
/** Families whose faults bear that services die meanwhile. */
const COMPANY = ['broker', 'database', 'card-processor', 'messages', 'around'];
/** Faults that take minutes by their nature. */
const APART = new Set(['messages-handler-throws', 'random-kills']);

const fits = ({ name, setup, load }: Fault): boolean => !setup && load !== 'none' && !APART.has(name);

/** The fault, and services that die at random while it lasts. */
function amongKills(fault: Fault): Fault {
  return {
    explains: timedOut,
    ...fault,
    title: `${fault.title}; and a random service dies every 2 to 5 s`,
    async run(world) {
      const { processes, random, did } = world;
      const over = new AbortController();
      const killing = (async () => {
        while (!over.signal.aborted) {
          await delay(random.int(2_000, 5_000), undefined, over).catch(() => undefined);
          const label = random.pick(random.pick(SERVICES.map((name) => processes.replicasOf(name))));
          if (over.signal.aborted || processes.find(label).state !== 'ready') continue;
          processes.kill(label);
          did(`kill -9 ${label}`);
        }
      })();
      try {
        await fault.run(world);
      } finally {
        over.abort();
        await killing;
      }
    },
  };
}

/** Faults without an end, the same ones in the same order from the same seed; every third among kills. */
export function* endless(seed: number): Generator<{ fault: Fault; seed: number }> {
  const random = new Random(seed).fork('soak');
  const alone = Object.values(FAMILIES).flat().filter(fits);
  const company = COMPANY.flatMap((family) => FAMILIES[family] ?? []).filter(fits);
  for (;;) {
    const fault = random.chance(1 / 3) ? amongKills(random.pick(company)) : random.pick(alone);
    yield { fault, seed: random.int(1, 2 ** 31) };
  }
}
