import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { connect } from 'amqplib';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { OrderConfirmed } from '@caravan/contracts';
import { RabbitTransport, workQueue } from '@caravan/messaging';
import { eventually } from '@caravan/testing';
import { AlarmProxy } from './alarm-proxy.ts';

const BROKER = Object.assign(new URL(process.env['TEST_RABBITMQ_URL']!), {
  pathname: `/test-${process.env['JEST_WORKER_ID'] ?? '1'}`,
}).toString();
/** No heartbeats by default: a clock that is wound forward would miss them. */
const QUIET = '?heartbeat=0';
const REAL = ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'Date'] as const;

const message = () => {
  const id = uuid();
  const body = JSON.stringify({ id, type: OrderConfirmed.type, data: {}, trace: '' });
  return { id, type: OrderConfirmed.type, routingKey: OrderConfirmed.type, body };
};

let proxy: AlarmProxy;
let transport: RabbitTransport;
let answered: string[];

const open = async (query = QUIET) => {
  transport = new RabbitTransport(`${proxy.url}${query}`, 'notifications', 1);
  await transport.start();
  await transport.serve({
    request: async ({ id }) => {
      answered.push(String(id));
      return { id, data: {} };
    },
    batch: async (items) => items.map(() => ({ kind: 'done' as const })),
  });
};
const publish = async () => {
  const [result] = await transport.publish([message()]);
  if (result?.status === 'rejected') throw result.reason as Error;
};
/** To itself: what a request needs is a connection that asks and one that answers. */
const ask = (ttl: number) =>
  transport.request('notifications', { type: 'x', data: {}, trace: '' }, ttl).then(
    () => true,
    () => false,
  );
const blocked = () => eventually(() => expect(proxy.blockedLines).toBe(1));
/** The alarm is on, and the connection is blocked since it published. @returns what was published then */
const alarmed = async () => {
  proxy.alarm(true);
  const underWay = publish();
  underWay.catch(() => undefined);
  await blocked();
  return { underWay };
};
const worksAgain = () =>
  eventually(async () => {
    await publish();
    await transport.probe();
    expect(await ask(1_000)).toBe(true);
  }, 60_000);
const wind = (ms: number) => jest.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  for (const level of ['warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  answered = [];
  const broker = await connect(BROKER);
  const channel = await broker.createChannel();
  channel.on('error', () => undefined);
  await channel.deleteQueue(workQueue('notifications'));
  await broker.close();
  proxy = await AlarmProxy.open(BROKER);
  jest.useFakeTimers({ advanceTimers: true, doNotFake: [...REAL] });
});
afterEach(async () => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  await transport?.close();
  await proxy?.close();
});

describe('an alarm of the broker', () => {
  it.each([
    ['channel.open', '20.10'],
    ['exchange.declare', '40.10'],
    ['queue.declare', '50.10'],
    ['queue.bind', '50.20'],
    ['channel.close', '20.40'],
    ['confirm.select', '85.10'],
    ['basic.qos', '60.10'],
    ['basic.consume', '60.20'],
  ])(
    'in which the connection is lost, and lost again at %s of the set-up, leaves nothing mute',
    async (_, question) => {
      await open();
      await publish();
      await alarmed();
      void ask(3_600_000);
      let cuts = 2;
      proxy.cutsAt = (method) => method === question && cuts-- > 0;
      proxy.cut();
      await eventually(() => expect(cuts).toBeLessThanOrEqual(0), 60_000);
      await blocked();
      await wind(120_000);
      await blocked();
      proxy.alarm(false);
      await worksAgain();
    },
  );

  it('that comes in the middle of a set-up, by a request that waits, is over when it is over', async () => {
    await open();
    await publish();
    await alarmed();
    void ask(3_600_000);
    proxy.cut();
    await eventually(() => expect(proxy.opened).toBe(2));
    await blocked();
    await wind(60_000);
    expect(proxy.opened).toBe(2);
    proxy.alarm(false);
    await worksAgain();
    expect(proxy.opened).toBe(2);
  });

  it('of a day costs no connection: what was under way is confirmed when it is over', async () => {
    await open();
    await publish();
    const { underWay } = await alarmed();
    for (let hour = 0; hour < 24; hour++) await wind(3_600_000);
    expect(proxy.opened).toBe(1);
    proxy.alarm(false);
    await underWay;
    await worksAgain();
    expect(proxy.opened).toBe(1);
  });

  it('costs a process at rest no connection either', async () => {
    await open();
    proxy.alarm(true);
    for (let n = 0; n < 20; n++) await wind(10_000);
    expect(proxy.opened).toBe(1);
    proxy.alarm(false);
    await worksAgain();
    expect(proxy.opened).toBe(1);
  });

  it('holds up what is opened meanwhile, and breaks nothing', async () => {
    await open();
    await alarmed();
    const later = new RabbitTransport(`${proxy.url}${QUIET}`, 'payments', 1);
    await later.start();
    void later.publish([message()]);
    await eventually(() => expect(proxy.blockedLines).toBe(2));
    const serving = later.serve({ request: async ({ id }) => ({ id, data: {} }), batch: async () => [] });
    await wind(120_000);
    expect(proxy.opened).toBe(2);
    proxy.alarm(false);
    await serving;
    await later.probe();
    await later.close();
    await worksAgain();
  });

  it('hides no broker that dies meanwhile: its silence is noticed by heartbeats', async () => {
    await open('?heartbeat=2');
    await alarmed();
    proxy.mute = true;
    await eventually(() => expect(proxy.opened).toBeGreaterThan(1), 20_000);
    proxy.mute = false;
    proxy.alarm(false);
    await worksAgain();
  });

  it('does not hold up the end of a process', async () => {
    await open();
    const { underWay } = await alarmed();
    await transport.stopIntake();
    await transport.settle();
    await expect(underWay).rejects.toThrow('the process ends');
    await transport.close();
    await eventually(() => expect(proxy.lines.size).toBe(0));
  });
});

describe('the readiness probe', () => {
  const probed = async () => transport.probe();

  it('passes where a message can be published and is confirmed, and not while an alarm lasts', async () => {
    await open();
    await probed();
    proxy.alarm(true);
    await wind(60_000);
    await expect(Promise.race([probed(), blocked().then(probed)])).rejects.toThrow('alarm');
    await expect(probed()).rejects.toThrow('alarm');
    proxy.alarm(false);
    await eventually(probed);
  });

  it('does not pass where the connection is held and nothing is confirmed', async () => {
    await open();
    await probed();
    proxy.mute = true;
    await wind(10_000);
    let passed = false;
    void probed().then(
      () => (passed = true),
      () => undefined,
    );
    await wind(2_000);
    expect(passed).toBe(false);
  });
});
