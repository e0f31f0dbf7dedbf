import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { orderInput } from '../load/orders.ts';
import type { Answer, Customer, Placed } from '../load/shop.ts';
import type { World } from '../world.ts';

const PIECES = 10;
const BUYERS = 100;

/** Sends the order under its key until an answer tells what became of it. */
async function insist(
  world: World,
  customer: Customer,
  input: ReturnType<typeof orderInput>,
): Promise<Placed> {
  const deadline = performance.now() + 60_000;
  world.placed++;
  for (;;) {
    const answer = await customer.place(input);
    if (answer.kind === 'ok' && answer.data.placeOrder.status !== 'PENDING') return answer.data.placeOrder;
    if (performance.now() > deadline)
      throw new Error(`no outcome under key ${input.idempotencyKey}: ${JSON.stringify(answer)}`);
    await delay(100);
  }
}

const keyOf = (world: World, n: number): string => `race-${world.random.int(0, 2 ** 31)}-${n}`;
const tally = (words: readonly string[]): Record<string, number> =>
  words.reduce<Record<string, number>>((sum, word) => ({ ...sum, [word]: (sum[word] ?? 0) + 1 }), {});

/** A product of which exactly so many pieces are left, and which no other customer wants. */
async function productWith(world: World, pieces: number): Promise<string> {
  const { sku, available } = world.takeAside();
  const surplus = available - pieces;
  if (surplus > 0) {
    const lines = Array.from({ length: Math.ceil(surplus / 1_000) }, (_, n) =>
      Math.min(1_000, surplus - n * 1_000),
    );
    for (const [n, quantity] of lines.entries())
      await insist(world, world.customers[0]!, orderInput(keyOf(world, n), [{ sku, quantity }]));
  }
  return sku;
}

const outcomeOf = ({ __typename, status }: Placed): string => status ?? __typename;

export const raceFaults: Fault[] = [
  {
    name: 'race-last-pieces',
    title: `${BUYERS} buyers at once for ${PIECES} pieces: exactly ${PIECES} are sold`,
    load: 'none',
    async run(world) {
      const sku = await productWith(world, PIECES);
      const outcomes = await Promise.all(
        Array.from({ length: BUYERS }, (_, n) =>
          insist(
            world,
            world.customers[n % world.customers.length]!,
            orderInput(keyOf(world, n), [{ sku, quantity: 1 }]),
          ),
        ),
      );
      const counts = tally(outcomes.map(outcomeOf));
      world.did(`${PIECES} pieces, ${BUYERS} buyers: ${JSON.stringify(counts)}`);
      if (counts['CONFIRMED'] !== PIECES || counts['OutOfStock'] !== BUYERS - PIECES)
        throw new Error(
          `${counts['CONFIRMED'] ?? 0} of ${PIECES} pieces were sold: ${JSON.stringify(counts)}`,
        );
    },
  },
  {
    name: 'race-same-key',
    title: 'the same key 100 times at once over two gateways: one order',
    setup: { replicas: { gateway: 2, 'bff-web': 2, orders: 2 } },
    load: 'none',
    async run(world) {
      const customer = world.customers[0]!;
      for (let round = 0; round < 5; round++) {
        const input = orderInput(keyOf(world, round), [{ sku: world.skus[0]!, quantity: 1 }]);
        world.placed++;
        const answers: Answer<{ placeOrder: Placed }>[] = await Promise.all(
          Array.from({ length: 100 }, () => customer.place(input)),
        );
        const ids = new Set(
          answers.map((answer) => (answer.kind === 'ok' ? answer.data.placeOrder.id : undefined)),
        );
        ids.delete(undefined);
        const answered = answers.filter(({ kind }) => kind === 'ok').length;
        world.did(`100 times the same key: ${answered} answers, ${ids.size} order(s)`);
        if (ids.size !== 1) throw new Error(`${ids.size} orders under one key`);
      }
    },
  },
  {
    name: 'race-cancel-while-paying',
    title: 'orders are cancelled while their cards are being charged',
    load: 'none',
    async run(world) {
      const results = await Promise.all(
        Array.from({ length: 24 }, async (_, n) => {
          const customer = await world.newCustomer();
          const input = orderInput(
            keyOf(world, n),
            [{ sku: world.skus[0]!, quantity: 1 }],
            'pm_sandbox_slow',
          );
          const placing = customer.place(input);
          await delay(world.random.int(0, 4_000));
          const answer = await customer.newest();
          const order = answer.kind === 'ok' ? answer.data.orders.nodes[0] : undefined;
          const cancelled = order ? await customer.cancel(order.id) : undefined;
          await placing;
          const last = await insist(world, customer, input);
          const told = cancelled?.kind === 'ok' ? outcomeOf(cancelled.data.cancelOrder) : 'not asked';
          return `${told}, then ${outcomeOf(last)}`;
        }),
      );
      world.did(JSON.stringify(tally(results)));
      const broken = results.filter(
        (result) => result.startsWith('CANCELLED, then') && !result.endsWith('CANCELLED'),
      );
      if (broken.length > 0) throw new Error(`cancelled and yet not: ${broken.join('; ')}`);
    },
  },
  {
    name: 'race-opposite-carts',
    title: 'carts with the same products in opposite order',
    load: 'none',
    async run(world) {
      const [a = '', b = '', c = ''] = [world.skus[0], world.skus[1], world.skus[3]];
      const outcomes = await Promise.all(
        Array.from({ length: 120 }, (_, n) => {
          const skus = n % 2 === 0 ? [a, b, c] : [c, b, a];
          const lines = skus.map((sku) => ({ sku, quantity: 1 }));
          return insist(
            world,
            world.customers[n % world.customers.length]!,
            orderInput(keyOf(world, n), lines),
          );
        }),
      );
      const counts = tally(outcomes.map(outcomeOf));
      world.did(JSON.stringify(counts));
      if (counts['CONFIRMED'] !== outcomes.length)
        throw new Error(`not all were confirmed: ${JSON.stringify(counts)}`);
    },
  },
  {
    name: 'race-two-relays',
    title: 'two relays of each service empty the same full outbox',
    setup: { replicas: { orders: 2, inventory: 2, payments: 2 } },
    async run({ ground, did }) {
      const { rabbitmq } = ground.proxies;
      rabbitmq.refusing = true;
      did(`RabbitMQ is gone (${rabbitmq.cut()} connections cut, new ones refused)`);
      await delay(4_000);
      rabbitmq.refusing = false;
      did('RabbitMQ is back');
    },
  },
];
