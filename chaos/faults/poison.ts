import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { durableTypesOf } from '../../libs/contracts/src/index.ts';
import type { Fault } from '../fault.ts';
import { CONSUMERS, deadLetters, MARK, takeDeadLetters, withBroker } from '../tools/broker.ts';
import type { World } from '../world.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What no consumer can make anything of. */
function poisonFor(service: string): Record<string, string> {
  const type = durableTypesOf(service)[0]!;
  const message = (further: object): string =>
    JSON.stringify([{ id: randomUUID(), type, data: {}, trace: TRACE, ...further }]);
  return {
    'bad JSON': '[{"id": "cut off he',
    'no JSON at all': '\u0000\u0001\u0002',
    'not an array': '{"a":1}',
    'an empty message': '[null]',
    'a number': '[42]',
    'nested deeply': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    'unknown type': message({ type: 'order.teleported' }),
    'a type of the object prototype': message({ type: 'constructor' }),
    'wrong schema': message({ data: { orderId: 17 } }),
    'no id': message({ id: undefined }),
    oversized: message({ data: { orderId: 'x'.repeat(1_000_000) } }),
  };
}

async function send(world: World, service: string, bodies: readonly string[]): Promise<void> {
  await withBroker(world.ground.servers.rabbitmq.url, async (channel) => {
    for (const body of bodies)
      channel.sendToQueue(service, Buffer.from(body), { persistent: true, headers: { [MARK]: 1 } });
    await channel.checkQueue(service);
  });
}

/** Every one of them is a dead letter with its reason, and nothing else is. */
async function buried(world: World, service: string, count: number, withinMs = 30_000): Promise<string[]> {
  const { url } = world.ground.servers.rabbitmq;
  const found: { reason: string; body: string }[] = [];
  for (
    const deadline = performance.now() + withinMs;
    found.length < count && performance.now() < deadline;
    await delay(200)
  )
    found.push(...(await takeDeadLetters(url, service)));
  const mute = found.filter(({ reason }) => reason === '');
  return [
    ...(found.length === count ? [] : [`I8 ${service}: ${found.length} dead letters instead of ${count}`]),
    ...mute.map(({ body }) => `P5 ${service}: a dead letter without a reason: ${body.slice(0, 60)}`),
  ];
}

const DEAD = { durable: true, arguments: { 'x-queue-type': 'quorum' } };

export const poisonFaults: Fault[] = [
  {
    name: 'messages-poison',
    title:
      'bad JSON, unknown types, wrong schemas, oversized ones: dead letters with the reason; the others go on',
    async run(world) {
      for (const service of CONSUMERS) {
        const poison = poisonFor(service);
        await send(world, service, world.random.shuffled(Object.values(poison)));
        world.did(`${Object.keys(poison).length} kinds of poison for ${service}`);
      }
    },
    async verify(world) {
      const found = CONSUMERS.map((service) =>
        buried(world, service, Object.keys(poisonFor(service)).length),
      );
      return (await Promise.all(found)).flat();
    },
  },
  {
    name: 'messages-handler-throws',
    title: 'a message that its handler cannot digest: tried again for two minutes, then a dead letter',
    async run(world) {
      const data = { orderId: randomUUID(), lines: [{ sku: 'NUL\u0000', quantity: 1 }] };
      const message = { id: randomUUID(), type: 'inventory.reserve-stock', data, trace: TRACE };
      await send(world, 'inventory', [JSON.stringify([message])]);
      world.did('a sku that no database can store');
    },
    verify: (world) => buried(world, 'inventory', 1, 180_000),
  },
  {
    name: 'dead-letters-missing',
    title: 'poison comes while the dead-letter queue is missing: it waits for the queue, the others go on',
    async run(world) {
      const { url } = world.ground.servers.rabbitmq;
      await withBroker(url, (channel) => channel.deleteQueue(deadLetters('inventory')));
      world.did('dead-letter queue of inventory deleted');
      await send(world, 'inventory', Object.values(poisonFor('inventory')).slice(0, 2));
      await delay(5_000);
      await withBroker(url, (channel) => channel.assertQueue(deadLetters('inventory'), DEAD));
      world.did('and made again');
    },
    verify: (world) => buried(world, 'inventory', 2),
  },
  {
    name: 'dead-letters-full',
    title: 'poison comes while the dead-letter queue is full: it waits for room, the others go on',
    async run(world) {
      const { ground } = world;
      const definition = JSON.stringify({ 'max-length': 1, overflow: 'reject-publish' });
      await ground.rabbitmqctl(
        'set_policy',
        'storm-full',
        '^inventory\\.dead$',
        definition,
        '--apply-to',
        'queues',
      );
      world.did('at most one dead letter of inventory');
      await send(world, 'inventory', Object.values(poisonFor('inventory')).slice(0, 4));
      await delay(5_000);
      await ground.rabbitmqctl('clear_policy', 'storm-full');
      world.did('room again');
    },
    verify: (world) => buried(world, 'inventory', 4),
  },
  {
    name: 'queue-full',
    title: 'the queue of inventory is full: messages wait in the outboxes',
    async run({ ground, processes, did }) {
      const definition = JSON.stringify({ 'max-length': 2, overflow: 'reject-publish' });
      await ground.rabbitmqctl('set_policy', 'storm-full', '^inventory$', definition, '--apply-to', 'queues');
      did('at most two messages for inventory, and nobody who takes them');
      await processes.freeze(processes.replicasOf('inventory'), 6_000);
      await delay(2_000);
      await ground.rabbitmqctl('clear_policy', 'storm-full');
      did('room again');
    },
  },
];
