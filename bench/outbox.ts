import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { prepareDatabases } from '../tools/infrastructure/databases.ts';
import { NODE_FLAGS } from '../tools/node-flags.ts';
import { Secrets } from '../tools/secrets.ts';
import { brokerUrl, type Caravan, environment } from './caravan.ts';
import { Child } from './child.ts';
import { latencyOf, type Result } from './closed-loop.ts';
import { bundleOf, buildPrograms } from './programs.ts';
import type { SendTask } from './programs/outbox.sender.ts';
import { Quiet } from './quiet.ts';
import type { Part } from './rounds.ts';
import { ORDER } from './rpc.ts';
import { serversOf, type System } from './system.ts';

type Moment = [n: number, at: string];

/** Nobody else listens there. */
export const OUTBOX_VHOST = 'bench-outbox';
const NONE = { p50: 0, p95: 0, p99: 0, max: 0 };
const WAITING = 40_000;
/** Most orders of one transaction, as a service takes them. */
const BATCH = 64;
const PATIENCE_MS = 60_000;
const NS_PER_MS = 1e6;

/** Messages that stayed behind when the broker was away for an hour. Their numbers are below 0: nobody waits for them. */
const FILL = `
  WITH message AS (SELECT gen_random_uuid() AS id FROM generate_series(1, $1))
  INSERT INTO outbox (message_id, type, routing_key, body, created_at)
  SELECT id, 'users.hear', 'users.hear', json_build_object('id', id, 'type', 'users.hear',
    'trace', '00-11111111111111111111111111111111-1111111111111111-00',
    'data', json_build_object('n', -1, 'order', $2::json))::text, now() - interval '1 hour'
  FROM message`;

/** From the transaction that writes a message to the handler in another process that hears it. */
class Outbox {
  private from = 0;
  private readonly sender: Child<SendTask, Moment[]>;
  private readonly hearer: Child<object, Moment[]>;
  private readonly client: pg.Client;

  constructor(sender: Child<SendTask, Moment[]>, hearer: Child<object, Moment[]>, client: pg.Client) {
    this.sender = sender;
    this.hearer = hearer;
    this.client = client;
  }

  async send(how: Pick<SendTask, 'rate' | 'concurrency' | 'batch'>, ms: number): Promise<Result> {
    const start = process.hrtime.bigint();
    const commits = await this.sender.run({ order: ORDER, from: this.from, ms, ...how });
    this.from += commits.length;
    const heard = await this.hear(commits.length);
    const latencies = commits.flatMap(([n, at]) => {
      const came = heard.get(n);
      return came === undefined ? [] : [Number(came - BigInt(at)) / NS_PER_MS];
    });
    const end = [...heard.values()].reduce((latest, at) => (at > latest ? at : latest), start);
    const lost = commits.length - latencies.length;
    return {
      count: latencies.length,
      ms: Number(end - start) / NS_PER_MS,
      cpuMs: 0,
      outcomes: { heard: latencies.length, ...(lost > 0 ? { lost } : {}) },
      latency: latencyOf(latencies),
    };
  }

  /** The same transactions with nothing to say. */
  async transact(concurrency: number, ms: number): Promise<Result> {
    const start = performance.now();
    const task = { order: ORDER, from: this.from, ms, concurrency, silent: true };
    const { length } = await this.sender.run(task);
    this.from += length;
    const took = performance.now() - start;
    return { count: length, ms: took, cpuMs: 0, outcomes: { committed: length }, latency: NONE };
  }

  /** Nobody sees them before `drain`. */
  async fill(): Promise<void> {
    await this.client.query('BEGIN');
    await this.client.query(FILL, [WAITING, JSON.stringify(ORDER)]);
  }

  /** From the last look that found the first of them until the first that finds none: deleted, after the broker's confirm. */
  async drain(): Promise<Result> {
    // The relay may see them before the answer to COMMIT is here.
    let start = performance.now();
    await this.client.query('COMMIT');
    const first = await this.oldest();
    const deadline = performance.now() + PATIENCE_MS;
    for (let oldest = first; oldest !== undefined; await delay(10)) {
      const looked = performance.now();
      oldest = await this.oldest();
      if (oldest === first) start = looked;
      if (looked > deadline) throw new Error(`the outbox is not relayed: row ${oldest} is still there`);
    }
    const ms = performance.now() - start;
    await this.hear(WAITING, () => true);
    return { count: WAITING, ms, cpuMs: 0, outcomes: { relayed: WAITING }, latency: NONE };
  }

  /** By its index: to count the rows would cost more than to relay them. */
  private async oldest(): Promise<string | undefined> {
    const { rows } = await this.client.query<{ id: string }>('SELECT id FROM outbox ORDER BY id LIMIT 1');
    return rows[0]?.id;
  }

  /** What comes until so many have come, or nobody believes in the rest any more. */
  private async hear(count: number, counts = (n: number) => n >= 0): Promise<Map<number, bigint>> {
    const heard = new Map<number, bigint>();
    const deadline = performance.now() + PATIENCE_MS;
    for (let came = 0; came < count && performance.now() < deadline; await delay(20))
      for (const [n, at] of await this.hearer.run({})) {
        heard.set(n, BigInt(at));
        if (counts(n)) came++;
      }
    return heard;
  }
}

export async function outboxParts(caravan: Caravan): Promise<Part[]> {
  await buildPrograms(['outbox-sender', 'outbox-hearer']);
  const { servers, folders } = caravan.stack;
  const urls = await prepareDatabases(servers.postgres, new Secrets(folders.secrets), {
    prefix: 'bench_outbox_',
    fresh: true,
  });
  const url = urls.get('orders') ?? '';
  const env = {
    ...environment(caravan),
    RABBITMQ_URL: brokerUrl(caravan, OUTBOX_VHOST),
    DATABASE_URL: url,
  };
  const start = <Task extends object>(name: string): Promise<Child<Task, Moment[]>> =>
    Child.start<Task, Moment[]>(bundleOf(name), {
      flags: NODE_FLAGS,
      env,
      logFile: join(folders.logs, `${name}.log`),
    });
  const hearer = await start<object>('outbox-hearer');
  const sender = await start<SendTask>('outbox-sender');
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  const outbox = new Outbox(sender, hearer, client);
  const system: System = {
    name: 'caravan',
    databases: Quiet.nothing(),
    roots: () => ({ ...serversOf(caravan.roots()), sender: sender.pid, hearer: hearer.pid }),
    async stop() {
      await client.end();
      await sender.stop();
      await hearer.stop();
    },
  };
  const common = { subject: 'outbox', system, settles: false, ramps: false } as const;
  return [
    { ...common, name: 'outbox 50/s', run: ({ ms }) => outbox.send({ rate: 50 }, ms) },
    { ...common, name: 'outbox c=64', run: ({ ms }) => outbox.send({ concurrency: 64 }, ms) },
    { ...common, name: 'no outbox c=64', run: ({ ms }) => outbox.transact(64, ms) },
    {
      ...common,
      name: 'batched outbox c=64',
      run: ({ ms }) => outbox.send({ concurrency: 64, batch: BATCH }, ms),
    },
    { ...common, name: 'outbox drain', prepare: () => outbox.fill(), run: () => outbox.drain() },
  ];
}
