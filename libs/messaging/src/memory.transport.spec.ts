import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { CapturePayment, ReserveStock } from '@caravan/contracts';
import { MemoryTransport } from './memory.transport.ts';
import { RETRY_STEPS_MS } from './retries.ts';
import type { DeadLetter, Verdict } from './transport.ts';
import type { OutgoingMessage, WireMessage } from './wire.ts';

const id = '019a0000-0000-7000-8000-000000000001';
const message = ({ type }: { type: string }, data: object = {}): OutgoingMessage => ({
  id,
  type,
  routingKey: type,
  body: JSON.stringify({ id, type, data, trace: '' }),
});

let bus = 0;
let sender: MemoryTransport;
let inventory: MemoryTransport;
let heard: WireMessage[][];
let verdict: (item: WireMessage) => Verdict | Promise<Verdict>;
const letters: DeadLetter[] = [];

beforeEach(async () => {
  Logger.overrideLogger(false);
  bus++;
  letters.length = 0;
  heard = [];
  verdict = () => ({ kind: 'done' });
  sender = new MemoryTransport(`bus-${bus}`, 'orders', 1);
  inventory = new MemoryTransport(`bus-${bus}`, 'inventory', 1);
  inventory.keepDeadLettersIn({ keep: (letter) => Promise.resolve(void letters.push(letter)) });
  await inventory.serve({
    request: (request) => Promise.resolve({ id: request.id, data: request.data }),
    batch: (items) => {
      heard.push([...items]);
      return Promise.all(items.map(async (item) => verdict(item)));
    },
  });
});
afterEach(() => {
  jest.useRealTimers();
});

const publish = async (...messages: OutgoingMessage[]) =>
  (await sender.publish(messages)).map(({ status }) => status);

describe('requests inside one process', () => {
  it('are answered with a copy, so that services share no object', async () => {
    const data = { sku: 'A' };
    const reply = await sender.request('inventory', { type: 't', data, trace: '' }, 1_000);
    expect(reply.data).toEqual(data);
    expect(reply.data).not.toBe(data);
  });

  it('to a service that is not there are refused at once', async () => {
    const asked = sender.request('payments', { type: 't', data: {}, trace: '' }, 1_000);
    await expect(asked).rejects.toMatchObject({ code: 'caravan.unavailable' });
  });
});

describe('messages inside one process', () => {
  it('are confirmed when their subscriber has committed, not before', async () => {
    let commit!: (verdict: Verdict) => void;
    verdict = () => new Promise((resolve) => (commit = resolve));
    let confirmed = false;
    const publishing = publish(message(ReserveStock)).then((statuses) => ((confirmed = true), statuses));
    while (!commit) await new Promise(setImmediate);
    expect(confirmed).toBe(false);
    commit({ kind: 'done' });
    expect(await publishing).toEqual(['fulfilled']);
  });

  it('of one moment are one batch', async () => {
    await publish(message(ReserveStock, { n: 1 }), { ...message(ReserveStock, { n: 2 }), id: `${id}2` });
    expect(heard).toHaveLength(1);
    expect(heard[0]).toHaveLength(2);
  });

  it('whose subscriber is away are not confirmed, and stay where they are', async () => {
    expect(await publish(message(CapturePayment))).toEqual(['rejected']);
    await inventory.stopIntake();
    expect(await publish(message(ReserveStock))).toEqual(['rejected']);
  });

  it('that fail are refused until their pause is over, and become dead letters after the last try', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    verdict = () => ({ kind: 'retry', reason: 'no luck' });
    for (const pause of RETRY_STEPS_MS) {
      expect(await publish(message(ReserveStock))).toEqual(['rejected']);
      const tries = heard.length;
      expect(await publish(message(ReserveStock))).toEqual(['rejected']);
      expect(heard).toHaveLength(tries);
      jest.setSystemTime(0);
      expect(await publish(message(ReserveStock))).toEqual(['rejected']);
      expect(heard).toHaveLength(tries);
      jest.advanceTimersByTime(2 * pause);
    }
    expect(await publish(message(ReserveStock))).toEqual(['fulfilled']);
    expect(letters.at(-1)).toMatchObject({ id, attempts: RETRY_STEPS_MS.length + 1, reason: 'no luck' });
  });
});
