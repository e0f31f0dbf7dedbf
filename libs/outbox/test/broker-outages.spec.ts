import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { GetOrders, GetProducts, ReservationOverdue } from '@caravan/contracts';
import { EXCHANGE, MessageClient } from '@caravan/messaging';
import { UnitOfWork } from '@caravan/outbox';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import type { Proxy } from '../../../chaos/tools/proxy.ts';
import { goAway, SubjectModule, subjectEnv, through } from './subject.ts';

let test: TestService;
let work: UnitOfWork;
let broker: Proxy;

beforeAll(async () => {
  test = await startTestService(SubjectModule, subjectEnv, async ({ RABBITMQ_URL }) => {
    const { proxy, url } = await through(RABBITMQ_URL!);
    broker = proxy;
    return { RABBITMQ_URL: url };
  });
  work = test.service.app.get(UnitOfWork);
});
afterEach(() => broker.heal());
afterAll(async () => {
  await test?.stop();
  await broker?.close();
});

const say = (orderId: string) => work.run(async (tx) => tx.publish(ReservationOverdue, { orderId }));
const saidOf = (order: string) => test.said(ReservationOverdue).filter(({ orderId }) => orderId === order);
/** Heard, and had its effect once. */
const heard = (...orders: string[]) =>
  eventually(async () => {
    const { rows } = await test.database.query('SELECT n FROM effect WHERE id = ANY($1)', [orders]);
    expect(rows).toEqual(orders.map(() => ({ n: 1 })));
  });

/** A method of class 10 on channel 0, as the broker sends it when an alarm begins (60, with a reason) and ends (61). */
const frame = (method: 60 | 61) => {
  const payload = Buffer.from([0, 10, 0, method, ...(method === 60 ? [3, ...Buffer.from('low')] : [])]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(payload.length);
  return Buffer.concat([Buffer.from([1, 0, 0]), size, payload, Buffer.from([0xce])]);
};

describe('a broker', () => {
  const client = () => test.service.app.get(MessageClient, { strict: false });
  const unsent = () => client().ask(GetProducts, { skus: [] }, { within: 300 });

  it('that is away keeps nothing back: what was said waits in the outbox, requests end as unavailable', async () => {
    const order = uuid();
    goAway(broker);
    await say(order);
    await expect(unsent()).rejects.toMatchObject({ code: 'caravan.unavailable' });
    expect(saidOf(order)).toHaveLength(0);
    broker.heal();
    await heard(order);
    await eventually(() => test.ask(GetOrders, { customerId: uuid(), ids: [] }));
  });

  it('that is blocked by an alarm is waited for in the outbox; requests end as unavailable, and go on after it', async () => {
    const order = uuid();
    for (const { client: line } of broker.lines) line.write(frame(60));
    await eventually(() => expect(unsent()).rejects.toMatchObject({ code: 'caravan.unavailable' }));
    await say(order);
    const patient = client().ask(GetProducts, { skus: [] }, { within: 1_000 });
    for (const { client: line } of broker.lines) line.write(frame(61));
    // It was sent at last, and nobody is there to answer.
    await expect(patient).rejects.toMatchObject({ code: 'caravan.deadline-exceeded' });
    await heard(order);
  });

  it('that has lost the exchange, and with it every binding, is told again what there is, and nothing is lost', async () => {
    const orders = Array.from({ length: 5 }, () => uuid());
    const link = await connect(test.brokerUrl);
    await (await link.createChannel()).deleteExchange(EXCHANGE);
    await link.close();
    for (const order of orders) await say(order);
    await heard(...orders);
  });
});
