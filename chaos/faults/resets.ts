import { RESETS, resetConnection } from '../tools/resets.ts';
import type { Fault } from '../fault.ts';
import type { World } from '../world.ts';

const AT_ONCE = 10;
const ROUNDS = 2;

/** Each of our processes that listens, with its pid of this moment. RabbitMQ, PostgreSQL and Redis are others' programs. */
function listening({ stack, processes }: World): { label: string; pid?: number; ports: number[] }[] {
  const { supervisor } = stack;
  return supervisor.processes.flatMap(({ process: { label, spec } }) => {
    const ports = [spec.port, spec.managementPort].filter((port) => port !== undefined);
    return ports.length === 0 ? [] : [{ label, ports, pid: processes.find(label).identity?.pid }];
  });
}

const pidsBefore = new WeakMap<World, ReturnType<typeof listening>>();

export const resetFaults: Fault[] = [
  {
    name: 'resets',
    title: 'clients reset their connections in every state of a request, at every listening port',
    load: { orders: 150, rate: 15 },
    async run(world) {
      const targets = listening(world);
      pidsBefore.set(world, targets);
      let count = 0;
      for (let round = 0; round < ROUNDS; round++) {
        for (const port of world.random.shuffled(targets.flatMap(({ ports }) => ports))) {
          for (const [, bytes, moment] of world.random.shuffled(RESETS)) {
            await Promise.all(Array.from({ length: AT_ONCE }, () => resetConnection(port, bytes, moment)));
            count += AT_ONCE;
          }
        }
      }
      world.did(`${count} connections reset at ${targets.length} processes`);
    },
    async verify(world) {
      const now = new Map(listening(world).map(({ label, pid }) => [label, pid]));
      return (pidsBefore.get(world) ?? [])
        .filter(({ label, pid }) => now.get(label) !== pid)
        .map(({ label }) => `I9 ${label} did not survive the resets: it has another pid`);
    },
  },
];
