import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { OrderConfirmed, unavailable } from '@caravan/contracts';
import { deadLetterQueue, EXCHANGE, MAX_BODY_BYTES, TransientError, workQueue } from '@caravan/messaging';
import { currentTraceId, newTraceparent } from '@caravan/platform';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { HearingModule, hearingEnv, Script } from './fixture.ts';

const fact = () => ({
  orderId: uuid(),
  number: 'CV-1',
  customerId: uuid(),
  lines: [],
  totalMinor: 0,
  currency: 'EUR',
});
const QUEUE = workQueue('notifications');
const DEAD = deadLetterQueue('notifications');

let test: TestService;
let script: Script;
let broker: ChannelModel;

beforeAll(async () => {
  test = await startTestService(HearingModule, hearingEnv);
  script = test.service.app.get(Script);
  broker = await connect(test.brokerUrl);
});

afterAll(async () => {
  await broker?.close();
  await test?.stop();
});

beforeEach(async () => {
  script.batches.length = 0;
  script.onBatch = () => undefined;
  await onBroker((channel) => channel.purgeQueue(DEAD));
});

const handled = () => script.batches.flat();
/** On a channel of its own: the broker closes it when what is asked for is not there. */
const onBroker = async <T>(ask: (channel: ConfirmChannel) => Promise<T>): Promise<T> => {
  const channel = await broker.createConfirmChannel();
  channel.on('error', () => undefined);
  const answer = await ask(channel);
  await channel.close();
  return answer;
};
const count = async (queue: string) => (await onBroker((channel) => channel.checkQueue(queue))).messageCount;
const raw = (body: string) =>
  onBroker(async (channel) => {
    channel.publish(EXCHANGE, OrderConfirmed.type, Buffer.from(body), { persistent: true });
    await channel.waitForConfirms();
  });
const deadLetter = () =>
  eventually(async () => {
    const message = await onBroker((channel) => channel.get(DEAD, { noAck: true }));
    if (!message) throw new Error('no dead letter yet');
    return message;
  });

describe('durable messages', () => {
  it('come as a batch, and leave the queue when they are handled', async () => {
    await test.send(OrderConfirmed, fact(), fact(), fact());
    await eventually(() => expect(handled()).toHaveLength(3));
    expect(script.batches).toHaveLength(1);
    await eventually(async () => expect(await count(QUEUE)).toBe(0));
  });

  it('are tried again item by item when a batch fails, and only the one to blame waits for its retry', async () => {
    const facts = [fact(), fact(), fact()];
    let failures = 0;
    script.onBatch = (messages) => {
      if (
        messages.some(
          ({ data, attempt }) => (data as { orderId: string }).orderId === facts[1]!.orderId && attempt === 1,
        )
      ) {
        failures++;
        throw new Error('this one');
      }
    };
    await test.send(OrderConfirmed, ...facts);
    await eventually(() => expect(handled()).toHaveLength(3));
    expect(failures).toBe(2);
    expect(
      handled().find(({ data }) => (data as { orderId: string }).orderId === facts[1]!.orderId)?.attempt,
    ).toBe(2);
  });

  it.each([
    ['a database', () => new TransientError('the database restarts')],
    ['another service', () => unavailable('users')],
  ])('wait in place, uncounted, while what the handler needs is away: %s', async (_, error) => {
    let away = 3;
    script.onBatch = () => {
      if (away-- > 0) throw error();
    };
    await test.send(OrderConfirmed, fact());
    await eventually(() => expect(handled()).toHaveLength(1));
    expect(handled()[0]!.attempt).toBe(1);
  });

  it.each([
    ['that are not JSON', '{nonsense', 'not readable'],
    ['that are no array', '{"id":"x"}', 'not an array'],
    ['with an item that is none', `[null,${JSON.stringify({ id: uuid() })}]`, 'not every item'],
    ['too large', JSON.stringify([{ id: uuid(), pad: 'x'.repeat(2 * MAX_BODY_BYTES) }]), 'too large'],
    [
      'nested too deep to be written',
      `[{"type":"deep","data":${'['.repeat(9e4)}${']'.repeat(9e4)}}]`,
      'parked',
    ],
    ['of an endless type', JSON.stringify([{ id: uuid(), type: 'x'.repeat(1e5) }]), 'unknown type'],
    ['of a type that is no text', JSON.stringify([{ id: uuid(), type: { toString: 1 }, data: {} }]), 'type'],
    [
      'under an id that is none',
      JSON.stringify([{ id: 'x'.repeat(36), type: OrderConfirmed.type, data: fact(), trace: '' }]),
      'no message id',
    ],
    [
      'of an unknown type',
      JSON.stringify([{ id: uuid(), type: 'order.eaten', data: {}, trace: '' }]),
      'unknown type order.eaten',
    ],
    [
      'of another shape',
      JSON.stringify([{ id: uuid(), type: OrderConfirmed.type, data: { orderId: 1 }, trace: '' }]),
      'orderId',
    ],
    [
      'of an unknown type with a trace that is none',
      JSON.stringify([{ id: uuid(), type: 'order.eaten', data: {}, trace: [newTraceparent()] }]),
      'unknown type order.eaten',
    ],
    [
      'without an id',
      JSON.stringify([{ type: OrderConfirmed.type, data: fact(), trace: '' }]),
      'no message id',
    ],
  ])('%s become dead letters with the reason, and the consumer goes on', async (_, body, reason) => {
    await raw(body);
    expect((await deadLetter()).properties.headers?.['x-reason']).toContain(reason);
    await test.send(OrderConfirmed, fact());
    await eventually(() => expect(handled()).toHaveLength(1));
  });

  it('are the same under an id in capital letters, whatever its version', async () => {
    const id = 'aaaaaaaa-1111-1111-1111-aaaaaaaaaaaa';
    await raw(JSON.stringify([{ id: id.toUpperCase(), type: OrderConfirmed.type, data: fact(), trace: '' }]));
    await eventually(() => expect(handled()).toMatchObject([{ id }]));
  });

  it('that fail leave their own trace in the log, the error and what becomes of it', async () => {
    const trace = newTraceparent();
    const logged: (string | undefined)[] = [];
    const hear = () => void logged.push(currentTraceId());
    const spies = (['error', 'warn'] as const).map((level) =>
      jest.spyOn(Logger.prototype, level).mockImplementation(hear),
    );
    script.onBatch = ([message]) => {
      if (message?.attempt === 1) throw new Error('no');
    };
    await raw(JSON.stringify([{ id: uuid(), type: OrderConfirmed.type, data: fact(), trace }]));
    await eventually(() => expect(handled()).toHaveLength(1));
    for (const spy of spies) spy.mockRestore();
    expect(logged).toEqual([trace.slice(3, 35), trace.slice(3, 35)]);
  });

  it('of a newer sender are heard: fields that are not known here yet are passed over', async () => {
    const newer = { ...fact(), giftWrapped: true, lines: [] };
    await raw(JSON.stringify([{ id: uuid(), type: OrderConfirmed.type, data: newer, trace: '', v: 2 }]));
    const { giftWrapped: _, ...known } = newer;
    await eventually(() => expect(handled()).toMatchObject([{ data: known }]));
    expect(handled()[0]!.data).toEqual(known);
  });

  it('that are to be dead letters stay in their queue while that of the dead ones is full, and the others go on', async () => {
    const full = { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    await onBroker(async (channel) => {
      await channel.deleteQueue(DEAD);
      await channel.assertQueue(DEAD, { arguments: full });
      for (let i = 0; i < 3; i++) channel.sendToQueue(DEAD, Buffer.from('full'));
    });
    await raw('{late');
    await test.send(OrderConfirmed, fact());
    await eventually(() => expect(handled()).toHaveLength(1));
    await onBroker((channel) => channel.deleteQueue(DEAD));
    expect((await deadLetter()).content.toString()).toBe('{late');
    await eventually(async () => expect(await count(QUEUE)).toBe(0));
  });

  it('are heard again after the queue was deleted and declared anew', async () => {
    await onBroker((channel) => channel.deleteQueue(QUEUE));
    await eventually(async () => {
      await test.send(OrderConfirmed, fact());
      expect(handled().length).toBeGreaterThan(0);
    });
  });

  it('that are in hand when the service stops are finished before it ends', async () => {
    let release = () => {};
    const mine = fact();
    const isMine = ({ data }: { data: unknown }) => (data as { orderId: string }).orderId === mine.orderId;
    const inHand = new Promise<void>((taken) => {
      script.onBatch = (messages) =>
        new Promise<void>((resolve) => {
          if (!messages.some(isMine)) return resolve();
          release = resolve;
          taken();
        });
    });
    await test.send(OrderConfirmed, mine);
    await inHand;
    const first = script;
    const restarted = test.restart();
    release();
    await restarted;
    script = test.service.app.get(Script);
    expect(first.batches.flat().filter(isMine)).toHaveLength(1);
    await eventually(async () => expect(await count(QUEUE)).toBe(0));
    expect(script.batches).toEqual([]);
  });
});
