import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChannelModel, connect, type ConsumeMessage } from 'amqplib';
import pg from 'pg';
import { eventually } from '../libs/testing/src/eventually.ts';
import { newCustomer } from './client.ts';
import { buy, orderWithPayment, ownProduct } from './shop.ts';
import { hasBroker, theSystem } from './system.ts';

const SERVICES = ['users', 'orders', 'payments', 'inventory', 'notifications'];

/** The PostgreSQL error code of trying to get in, or `in`. */
async function tryToOpen(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return 'in';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('A service’s database role', () => {
  it.each(SERVICES)('%s opens its own database and is refused by the others’', async (service) => {
    const { databaseUrls } = theSystem();
    const doors = SERVICES.map((other) => {
      const url = new URL(databaseUrls[service]!);
      url.pathname = new URL(databaseUrls[other]!).pathname;
      return tryToOpen(url.toString());
    });
    const insufficientPrivilege = '42501';
    expect(await Promise.all(doors)).toEqual(
      SERVICES.map((other) => (other === service ? 'in' : insufficientPrivilege)),
    );
  });
});

(hasBroker() ? describe : describe.skip)('Messages', () => {
  let broker: ChannelModel;
  beforeAll(async () => {
    broker = await connect(theSystem().rabbitmqUrl!);
  });
  afterAll(() => broker?.close());

  it('have a durable queue, a request queue and a dead-letter queue for each service', async () => {
    const channel = await broker.createChannel();
    for (const service of SERVICES) {
      const [work, requests, dead] = [
        await channel.checkQueue(service),
        await channel.checkQueue(`${service}.rpc`),
        await channel.checkQueue(`${service}.dead`),
      ];
      expect([service, work.consumerCount]).toEqual([service, 1]);
      if (service !== 'notifications') expect([service, requests.consumerCount]).toEqual([service, 1]);
      expect([service, dead.messageCount]).toEqual([service, 0]);
    }
    await channel.close();
  });

  it('of a checkout really go over RabbitMQ, and none is left over', async () => {
    const [customer, product] = [await newCustomer(), await ownProduct()];
    const channel = await broker.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'caravan', '#');
    const seen = new Map<string, string>();
    const hear = (message: ConsumeMessage | null): void => {
      const key = message?.fields.routingKey ?? '';
      seen.set(key, `${seen.get(key) ?? ''}${message?.content.toString()}`);
    };
    await channel.consume(queue, hear, { noAck: true });
    const id = await buy(customer, { [product.sku]: 1 });
    await orderWithPayment(customer, id, 'CAPTURED');
    const expected = [
      'inventory.reserve-stock',
      'payments.authorize-payment',
      'payments.capture-payment',
      'saga.reply.orders',
      'order.confirmed',
    ];
    await eventually(() => {
      const withOurs = [...seen].filter(([, content]) => content.includes(id)).map(([key]) => key);
      expect(withOurs).toEqual(expect.arrayContaining(expected));
    });
    await channel.close();
  });
});
