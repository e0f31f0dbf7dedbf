import type { Type } from '@nestjs/common';
import { connect, type ChannelModel } from 'amqplib';
import pg from 'pg';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { type Contract, type DataOf, Failure, type ReplyOf, SagaReply, serviceOf } from '@caravan/contracts';
import { EXCHANGE, RabbitTransport, type WireMessage } from '@caravan/messaging';
import { newTraceparent, type RunningService, runService, type ServiceEnv } from '@caravan/platform';
import { eventually, GIVE_UP_MS } from './eventually.ts';

type AnyContract = Contract<never, unknown> | Contract;
type Outcome = DataOf<typeof SagaReply>['outcome'];

/** A service on a real PostgreSQL and RabbitMQ, and somebody who talks to it through its queues. */
export class TestService {
  /** Every durable message that was published since the start, the test's own included. */
  readonly published: WireMessage[] = [];

  constructor(
    private running: RunningService,
    private readonly restarting: () => Promise<RunningService>,
    private readonly transport: RabbitTransport,
    private readonly ear: ChannelModel,
    readonly database: pg.Pool,
    /** The virtual host that the service talks on. */
    readonly brokerUrl: string,
  ) {}

  get service(): RunningService {
    return this.running;
  }

  /** Asks over RPC. @throws Failure the service's */
  async ask<C extends AnyContract>(contract: C, data: DataOf<C>, ttl = 10_000): Promise<ReplyOf<C>> {
    const request = { type: contract.type, data, trace: newTraceparent() };
    const reply = await this.transport.request(serviceOf(contract), request, ttl);
    if (reply.failure) throw Failure.from(reply.failure);
    return contract.reply.parse(reply.data) as ReplyOf<C>;
  }

  /** Publishes commands or events of one type; several travel in one AMQP message. @returns their ids */
  async send<C extends AnyContract>(contract: C, ...batch: DataOf<C>[]): Promise<string[]> {
    const items = batch.map((data): WireMessage => ({
      id: uuid(),
      type: contract.type,
      data,
      trace: newTraceparent(),
    }));
    await this.publish(items);
    return items.map((item) => item.id);
  }

  /** Sends a command as a saga would and waits for the answer. */
  async command<C extends AnyContract>(contract: C, data: DataOf<C>, id = uuid()): Promise<Outcome> {
    const ask = `test:${this.nextAsk++}`;
    await this.publish([
      { id, type: contract.type, data, trace: newTraceparent(), replyTo: 'tests', sagaId: `test:${id}`, ask },
    ]);
    return this.replyTo(ask);
  }

  /** Publishes messages exactly as given; under their type unless another routing key is named. @throws when the broker did not take one */
  async publish(items: readonly WireMessage[], routingKey?: string): Promise<void> {
    const messages = items.map((item) => ({
      id: item.id,
      type: item.type,
      routingKey: routingKey ?? item.type,
      body: JSON.stringify(item),
    }));
    for (const result of await this.transport.publish(messages))
      if (result.status === 'rejected') throw result.reason as Error;
  }

  /** What was published under a contract, as its data. */
  said<C extends AnyContract>(contract: C): DataOf<C>[] {
    return this.published.filter((item) => item.type === contract.type).map((item) => item.data as DataOf<C>);
  }

  /** Stops the service as SIGTERM would and starts it again on the same database and queues. */
  async restart(): Promise<void> {
    await this.halt();
    this.running = await this.restarting();
    this.stopped = false;
  }

  /** Stops only the service; its queues and database stay. */
  async halt(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.running.stop();
  }

  async stop(): Promise<void> {
    await this.halt();
    await this.transport.close();
    await this.ear.close();
    await this.database.end();
  }

  private nextAsk = 0;
  private stopped = false;

  private replyTo(ask: string): Promise<Outcome> {
    return eventually(() => {
      const reply = this.said(SagaReply).find((data) => data.ask === ask);
      if (!reply) throw new Error(`no answer to ${ask} yet`);
      return reply.outcome;
      // A test may wait for something else while the answer is still to come.
    }, 2 * GIVE_UP_MS);
  }
}

type Settings = Record<string, string>;

/**
 * Starts a service in this process on a database of its own and on this Jest worker's own virtual host, emptied first.
 * Needs TEST_DATABASE_URL (of an administrator) and TEST_RABBITMQ_URL, which `npm test` provides.
 * @param settings what it reads from the environment beyond that; a function is given the servers, and may put something between
 */
export async function startTestService(
  module: Type,
  env: ServiceEnv,
  settings: Settings | ((servers: Settings) => Promise<Settings>) = {},
): Promise<TestService> {
  const rabbitUrl = workerVhost(required('TEST_RABBITMQ_URL'));
  const databaseUrl = await createDatabase(required('TEST_DATABASE_URL'), env.service);
  const servers = { DATABASE_URL: databaseUrl, RABBITMQ_URL: rabbitUrl };
  const source = {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'fatal',
    MANAGEMENT_PORT: '0',
    ...servers,
    ...(typeof settings === 'function' ? await settings(servers) : settings),
  };
  const start = () => runService(module, env, { source });
  const transport = new RabbitTransport(rabbitUrl, 'tests', 1);
  await transport.start();
  const ear = await connect(rabbitUrl, { noDelay: true });
  await emptyQueues(ear, env.service);
  const test = new TestService(
    await start(),
    start,
    transport,
    ear,
    new pg.Pool({ connectionString: databaseUrl, max: 4 }),
    rabbitUrl,
  );
  await listen(ear, test.published);
  return test;
}

async function listen(ear: ChannelModel, heard: WireMessage[]): Promise<void> {
  const channel = await ear.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  await channel.bindQueue(queue, EXCHANGE, '#');
  await channel.consume(queue, (message) => message && heard.push(...readItems(message.content)), {
    noAck: true,
  });
}

function readItems(content: Buffer): WireMessage[] {
  try {
    const items: unknown = JSON.parse(content.toString());
    return Array.isArray(items) ? (items as WireMessage[]) : [];
  } catch {
    return [];
  }
}

async function emptyQueues(ear: ChannelModel, service: string): Promise<void> {
  const channel = await ear.createChannel();
  for (const queue of [service, `${service}.rpc`, `${service}.dead`]) await channel.purgeQueue(queue);
  await channel.close();
}

async function createDatabase(adminUrl: string, service: string): Promise<string> {
  const name = `test_${service}_${uuid().replaceAll('-', '')}`;
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

function workerVhost(url: string): string {
  const own = new URL(url);
  own.pathname = `/test-${process.env['JEST_WORKER_ID'] ?? '1'}`;
  return own.toString();
}

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set. Run the tests with "npm test", which brings up what they need.`);
  return value;
}
