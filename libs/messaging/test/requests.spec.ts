import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { GetCustomers, Login, Register } from '@caravan/contracts';
import { requestQueue } from '@caravan/messaging';
import { RabbitTransport } from '@caravan/messaging';
import { eventually, startTestService, type TestService } from '@caravan/testing';
import { AnsweringModule, answeringEnv, Script } from './fixture.ts';

let test: TestService;
let script: Script;

beforeAll(async () => {
  test = await startTestService(AnsweringModule, answeringEnv);
  script = test.service.app.get(Script);
});
afterAll(() => test?.stop());
beforeEach(() => {
  script.requests.length = 0;
  script.onRequest = () => ({ customers: [] });
});

describe('requests', () => {
  it('are answered', async () => {
    const customer = { id: uuid(), email: 'a@example.com', name: 'A', roles: ['customer' as const] };
    script.onRequest = () => ({ customers: [customer] });
    expect(await test.ask(GetCustomers, { ids: [customer.id] })).toEqual({ customers: [customer] });
  });

  it('answer only what the contract names', async () => {
    const customer = {
      id: uuid(),
      email: 'a@example.com',
      name: 'A',
      roles: ['customer' as const],
      passwordHash: 'secret',
    };
    script.onRequest = () => ({ customers: [customer] });
    expect(JSON.stringify(await test.ask(GetCustomers, { ids: [] }))).not.toContain('secret');
  });

  it('to a batched handler come together, and each gets its own answer', async () => {
    const asked = ['a', 'b', 'c'].map((email) => test.ask(Login, { email, password: 'x' }));
    const answers = await Promise.allSettled(asked);
    expect(
      answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as Error).message : '')),
    ).toEqual(['a', 'b', 'c']);
    expect(script.requests).toHaveLength(1);
  });

  it('of another shape are refused before the handler sees them', async () => {
    await expect(test.ask(GetCustomers, { ids: ['not an id'] })).rejects.toMatchObject({
      code: 'caravan.invalid',
    });
    expect(script.requests).toEqual([]);
  });

  it('nobody has a handler for are refused', async () => {
    await expect(test.ask(Register, { email: 'a', password: 'b', name: 'c' })).rejects.toMatchObject({
      code: 'caravan.invalid',
    });
  });

  it('that fail inside tell nothing of the inside', async () => {
    script.onRequest = () => {
      throw new Error('password of the database is 1234');
    };
    await expect(test.ask(GetCustomers, { ids: [] })).rejects.toMatchObject({
      code: 'caravan.internal',
      message: 'users.get-customers failed',
    });
  });

  it.each(['{nonsense', 'null', '5', '{}', '[null]', '["x"]', '[{}]'])(
    'that are nonsense (%s) harm nobody else',
    async (body) => {
      const broker = await connect(test.brokerUrl);
      const channel = await broker.createConfirmChannel();
      channel.sendToQueue(requestQueue('users'), Buffer.from(body));
      await channel.waitForConfirms();
      expect(await test.ask(GetCustomers, { ids: [] })).toEqual({ customers: [] });
      await broker.close();
    },
  );

  it('that take longer than the asker waits end with an unknown outcome', async () => {
    script.onRequest = () =>
      new Promise((resolve) =>
        setImmediate(() => eventually(() => expect(done).toBe(true)).then(() => resolve({ customers: [] }))),
      );
    let done = false;
    await expect(test.ask(GetCustomers, { ids: [] }, 100)).rejects.toMatchObject({
      code: 'caravan.deadline-exceeded',
    });
    done = true;
  });

  it('that were taken on are answered before the connection is closed', async () => {
    await test.halt();
    const leaving = new RabbitTransport(test.brokerUrl, 'users', 2);
    let answerAll!: () => void;
    const held = new Promise<void>((resolve) => (answerAll = resolve));
    let taken = 0;
    await leaving.start();
    await leaving.serve({
      request: ({ id }) => (taken++, held.then(() => ({ id, data: { customers: [] } }))),
      batch: () => Promise.resolve([]),
    });
    const answers = Array.from({ length: 20 }, () => test.ask(GetCustomers, { ids: [] }));
    await eventually(() => expect(taken).toBe(20));
    await leaving.stopIntake();
    answerAll();
    await leaving.settle();
    await leaving.close();
    expect(await Promise.all(answers)).toHaveLength(20);
    await test.restart();
  });

  it('outlive a restart of the service that answers', async () => {
    await test.halt();
    const answer = test.ask(GetCustomers, { ids: [] });
    await test.restart();
    expect(await answer).toEqual({ customers: [] });
  });
});
