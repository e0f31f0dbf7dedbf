import { join } from 'node:path';
import { NODE_FLAGS } from '../tools/node-flags.ts';
import type { AskTask } from './asker.ts';
import { brokerUrl, type Caravan, environment } from './caravan.ts';
import { Child } from './child.ts';
import type { Result } from './closed-loop.ts';
import { bundleOf, buildPrograms } from './programs.ts';
import { Quiet } from './quiet.ts';
import type { Part } from './rounds.ts';
import { home } from './stock-nest-build.ts';
import { nameOf, type Variant, vhostOf } from './stock-nest.ts';
import { serversOf, type System } from './system.ts';

/** Nobody else answers there. */
export const RPC_VHOST = 'bench-rpc';

const AT = [1, 64];
const AT_MOST = 1_000_000;

/** About 300 bytes, as an order's first message. */
export const ORDER = {
  orderId: '01234567-89ab-7def-8123-456789abcdef',
  customerId: '01234567-89ab-7def-8123-fedcba987654',
  lines: ['TOY-YOYO-BERR', 'DESK-LAMP-BRASS', 'KITCHEN-MUG-INDIGO'].map((sku) => ({ sku, quantity: 1 })),
};

interface Asking extends System {
  client: Child<AskTask, Result>;
}

async function pair(
  name: string,
  caravan: Caravan,
  programs: { service: string; client: string; flags?: readonly string[] },
  env: Record<string, string>,
): Promise<Asking> {
  const logs = caravan.stack.folders.logs;
  const common = { ...environment(caravan), ...env };
  const file = (part: string): string => join(logs, `rpc-${part}-${name.replaceAll(' ', '-')}.log`);
  const { flags } = programs;
  const service = await Child.start(programs.service, { flags, env: common, logFile: file('service') });
  const client = await Child.start<AskTask, Result>(join(import.meta.dirname, 'asker.ts'), {
    args: [programs.client],
    flags,
    env: common,
    logFile: file('client'),
  });
  return {
    name,
    client,
    databases: Quiet.nothing(),
    roots: () => ({
      ...serversOf(caravan.roots()),
      'rpc client': client.pid,
      'rpc service': service.pid,
    }),
    async stop() {
      await client.stop();
      await service.stop();
    },
  };
}

/** Requests of one process to another with a guard, a pipe and an interceptor; nothing but the transport. */
export async function rpcParts(caravan: Caravan, against: readonly Variant[]): Promise<Part[]> {
  await buildPrograms(['rpc-service', 'rpc-client']);
  const own = await pair(
    'caravan',
    caravan,
    { service: bundleOf('rpc-service'), client: bundleOf('rpc-client'), flags: NODE_FLAGS },
    { RABBITMQ_URL: brokerUrl(caravan, RPC_VHOST) },
  );
  const systems = [own];
  const stock = (program: string): string => join(home, 'dist/rpc', `${program}.js`);
  for (const variant of against)
    systems.push(
      await pair(
        nameOf(variant),
        caravan,
        { service: stock('main'), client: stock('client') },
        { RABBITMQ_URL: brokerUrl(caravan, vhostOf(variant)), TUNED: String(variant === 'tuned') },
      ),
    );
  const part = (name: string, system: Asking, task: Pick<AskTask, 'concurrency' | 'by'>): Part => ({
    subject: 'rpc',
    name,
    system,
    settles: false,
    ramps: true,
    run: ({ ms }) => system.client.run({ ms, atMost: AT_MOST, data: ORDER, ...task }),
  });
  return [
    ...systems.flatMap((system) =>
      AT.map((concurrency) => part(`rpc c=${concurrency}`, system, { concurrency })),
    ),
    part('no validation c=64', own, { concurrency: 64, by: 'askUnseen' }),
  ];
}
