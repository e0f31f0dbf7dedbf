import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { durableTypesOf, SUBSCRIPTIONS } from '../../libs/contracts/src/index.ts';
import { isMethod } from './proxy.ts';

export const EXCHANGE = 'caravan';
export const SERVICES = Object.keys(SUBSCRIPTIONS);

/** What the services declare is theirs (libs/messaging/src/topology.ts); these are the names that the storm must know of it. */
export const bindingsOf = (service: string): string[] => [
  ...durableTypesOf(service),
  `saga.reply.${service}`,
  `retry.${service}.*`,
];
/** Services that hear anything at all. */
export const CONSUMERS = SERVICES.filter((service) => durableTypesOf(service).length > 0);
export const deadLetters = (service: string): string => `${service}.dead`;

/** What a client asks while it sets up its connection. */
export const SET_UP = {
  'channel.open': isMethod(20, 10),
  'exchange.declare': isMethod(40, 10),
  'queue.declare': isMethod(50, 10),
  'queue.bind': isMethod(50, 20),
  'channel.close': isMethod(20, 40),
  'basic.qos': isMethod(60, 10),
  'basic.consume': isMethod(60, 20),
};

/** Mark of what the storm itself has published. */
export const MARK = 'x-storm';

/** Runs work on a channel of its own, past the proxies. */
export async function withBroker<T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connectTo(url);
  try {
    return await work(await quietChannel(connection));
  } finally {
    await connection.close().catch(() => undefined);
  }
}

export async function connectTo(url: string): Promise<ChannelModel> {
  const connection = await amqp.connect(url, { noDelay: true, timeout: 10_000 });
  connection.on('error', () => undefined);
  return connection;
}

export async function quietChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  return channel;
}

/** Removes every queue that services declare, with what is in them. */
export function emptyBroker(url: string): Promise<void> {
  return withBroker(url, async (channel) => {
    const queues = SERVICES.flatMap((service) => [service, `${service}.rpc`, deadLetters(service)]);
    for (const queue of [...queues, ...[1, 2, 3, 4, 5].map((step) => `caravan.retry.${step}`)])
      await channel.deleteQueue(queue);
  });
}

/** What lies in a service's dead-letter queue, taken out of it: why, and how the body begins. */
export function takeDeadLetters(url: string, service: string): Promise<{ reason: string; body: string }[]> {
  return withBroker(url, async (channel) => {
    const found: { reason: string; body: string }[] = [];
    for (;;) {
      const message = await channel.get(deadLetters(service), { noAck: true });
      if (!message) return found;
      const reason = String(message.properties.headers?.['x-reason'] ?? '');
      found.push({ reason, body: message.content.toString('utf8', 0, 2_000) });
    }
  });
}
