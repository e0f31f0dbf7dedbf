import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { CONSUMERS, EXCHANGE, SET_UP, withBroker } from '../tools/broker.ts';
import { type CutRule, isBasicAck, usedUp } from '../tools/proxy.ts';
import type { World } from '../world.ts';

const BOUND_WITHIN_MS = 30_000;

const stopped = (name: string, signal: NodeJS.Signals, title: string): Fault => ({
  name,
  title,
  async run({ processes, did }) {
    processes.kill('rabbitmq', signal);
    did(`${signal} to rabbitmq`);
    await processes.allReady();
  },
});

const cutAtAck = (name: string, title: string, rule: Pick<CutRule, 'direction' | 'when'>): Fault => ({
  name,
  title,
  async run({ ground, did }) {
    const { rabbitmq } = ground.proxies;
    const rules = Array.from({ length: 6 }, () => ({ ...rule, matches: isBasicAck, times: 1 }));
    for (const one of rules) {
      await usedUp(rabbitmq, one);
      await delay(400);
    }
    did(`${rules.filter(({ times }) => times === 0).length} connections cut at an acknowledgement`);
  },
});

async function deleteQueue({ ground, did }: World, queue: string): Promise<void> {
  await withBroker(ground.servers.rabbitmq.url, (channel) => channel.deleteQueue(queue));
  did(`queue ${queue} deleted`);
}

/** As services declare it. Nothing waits between the two, so that channels hear of the end when the queue stands again. */
async function remakeQueue({ ground, did }: World, queue: string): Promise<void> {
  await withBroker(ground.servers.rabbitmq.url, async (channel) => {
    const args = {
      'x-queue-type': 'quorum',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': `${queue}.dead`,
    };
    const deleted = channel.deleteQueue(queue);
    await channel.assertQueue(queue, { durable: true, arguments: args });
    await deleted;
  });
  did(`queue ${queue} deleted and declared again`);
}

/** Until the service has bound its queue again: what is published before is heard by others alone. @throws after 30 s */
async function untilBound(world: World, service: string): Promise<void> {
  await withBroker(world.ground.servers.rabbitmq.url, async (channel) => {
    let returned = true;
    channel.on('return', () => (returned = true));
    for (const deadline = performance.now() + BOUND_WITHIN_MS; returned; await delay(returned ? 500 : 0)) {
      if (performance.now() > deadline) throw new Error(`the queue ${service} is still without its bindings`);
      returned = false;
      // No items: whoever gets it has nothing to do. The broker answers in order, so that a return comes first.
      channel.publish(EXCHANGE, `saga.reply.${service}`, Buffer.from('[]'), { mandatory: true });
      await channel.checkExchange(EXCHANGE);
    }
  });
  world.did(`queue ${service} has its bindings`);
}

/** Nobody can hear what somebody has thrown away; orders, stock and money come right without it. */
const thrownAway: Fault['forgives'] = ({ invariant }) => invariant === 'I6';

export const brokerFaults: Fault[] = [
  stopped('broker-kill', 'SIGKILL', 'kill -9 of RabbitMQ; it starts again with what it has on disk'),
  stopped('broker-stop', 'SIGTERM', 'RabbitMQ stops gracefully and starts again'),
  {
    name: 'broker-frozen',
    title: 'RabbitMQ does not answer for 25 s, longer than its heartbeats (SIGSTOP)',
    load: { orders: 150, rate: 15 },
    async run({ processes, did }) {
      did('SIGSTOP rabbitmq');
      await processes.freeze(['rabbitmq'], 25_000);
      did('SIGCONT rabbitmq');
    },
  },
  {
    name: 'broker-connections-closed',
    title: 'the operator closes all connections (rabbitmqctl), three times',
    async run({ ground, did }) {
      for (let n = 0; n < 3; n++) {
        await ground.rabbitmqctl('close_all_connections', 'storm');
        did('rabbitmqctl close_all_connections');
        await delay(1_500);
      }
    },
  },
  {
    name: 'broker-cut',
    title: 'connections to RabbitMQ are cut at random, ten times in five seconds',
    async run({ ground, random, did }) {
      for (let n = 0; n < 10; n++) {
        did(`${ground.proxies.rabbitmq.cut(() => random.chance(0.3))} connections cut`);
        await delay(500);
      }
    },
  },
  {
    name: 'broker-half-open',
    title: 'RabbitMQ has forgotten the connections, the services do not know it',
    load: { orders: 150, rate: 15 },
    async run({ ground, did }) {
      did(`${ground.proxies.rabbitmq.halfOpen()} connections half open`);
      await delay(25_000);
    },
  },
  {
    name: 'broker-black-hole',
    title: 'for 25 s nothing passes to RabbitMQ or back',
    load: { orders: 150, rate: 15 },
    async run({ ground, did }) {
      ground.proxies.rabbitmq.blackhole(true);
      did('black hole');
      await delay(25_000);
      ground.proxies.rabbitmq.blackhole(false);
      did('mended');
    },
  },
  {
    name: 'broker-slow',
    title: 'every word to RabbitMQ and back takes 100 ms longer',
    load: { orders: 100, rate: 20 },
    async run({ ground, did }) {
      ground.proxies.rabbitmq.latencyMs = 100;
      did('latency 100 ms');
      await delay(8_000);
    },
  },
  cutAtAck('broker-cut-at-ack', 'connections are cut when a consumer acknowledges, before it arrives', {
    direction: 'to-server',
    when: 'before',
  }),
  cutAtAck('broker-cut-at-confirm', 'connections are cut when the broker confirms, before it arrives', {
    direction: 'to-client',
    when: 'before',
  }),
  {
    name: 'broker-cut-in-set-up',
    title: 'connections to RabbitMQ are cut while they are set up, at each of the questions that this takes',
    load: { orders: 150, rate: 15 },
    async run({ ground, did }) {
      const { rabbitmq } = ground.proxies;
      for (const [question, matches] of Object.entries(SET_UP)) {
        const rule: CutRule = { direction: 'to-server', when: 'before', matches, times: 8 };
        rabbitmq.cut();
        await usedUp(rabbitmq, rule);
        did(`${8 - rule.times} connections cut at ${question}`);
      }
    },
  },
  {
    name: 'broker-exchange-deleted',
    title: 'the exchange is deleted: channels die of 404',
    async run({ ground, did }) {
      await withBroker(ground.servers.rabbitmq.url, (channel) => channel.deleteExchange(EXCHANGE));
      did(`exchange ${EXCHANGE} deleted`);
      await delay(5_000);
    },
  },
  {
    name: 'broker-rpc-queues-deleted',
    title: 'the queues of requests are deleted: consumers are cancelled',
    async run(world) {
      for (const service of ['orders', 'inventory', 'payments', 'users']) {
        await deleteQueue(world, `${service}.rpc`);
        await delay(1_000);
      }
    },
  },
  {
    name: 'broker-work-queues-deleted',
    title: 'the queues of commands and events are deleted, with what is in them: consumers are cancelled',
    load: { orders: 150, rate: 15 },
    forgives: thrownAway,
    async run(world) {
      for (const service of CONSUMERS) {
        await deleteQueue(world, service);
        await delay(2_000);
      }
    },
  },
  {
    name: 'broker-work-queues-remade',
    title:
      'the queues of commands and events are deleted and declared again in the same moment, without their bindings',
    load: { orders: 150, rate: 15 },
    forgives: thrownAway,
    async run(world) {
      for (const service of CONSUMERS) {
        await remakeQueue(world, service);
        await delay(2_000);
      }
      for (const service of CONSUMERS) await untilBound(world, service);
    },
  },
];
