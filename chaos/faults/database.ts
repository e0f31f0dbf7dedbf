import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, timedOut } from '../fault.ts';
import { asAdmin, endTransactions, holdLock } from '../tools/database.ts';
import { isCommit } from '../tools/proxy.ts';
import { diskFull } from './disk-full.ts';

const OWNERS = ['orders', 'inventory', 'payments', 'notifications', 'users'];

const stopped = (name: string, signal: NodeJS.Signals, title: string): Fault => ({
  name,
  title,
  async run({ processes, did }) {
    processes.kill('postgres', signal);
    did(`${signal} to the postmaster`);
    await processes.allReady();
  },
});

const cutAtCommit = (when: 'before' | 'after', title: string): Fault => ({
  name: `database-cut-${when}-commit`,
  title,
  async run({ ground, did }) {
    const { postgres } = ground.proxies;
    const rules = Array.from({ length: 12 }, () => ({
      direction: 'to-server' as const,
      matches: isCommit,
      when,
      times: 1,
    }));
    for (const rule of rules) {
      postgres.rules.push(rule);
      for (let waited = 0; rule.times > 0 && waited < 10_000; waited += 20) await delay(20);
      await delay(150);
    }
    did(`${rules.filter(({ times }) => times === 0).length} connections cut ${when} COMMIT`);
  },
});

const locked = (service: string, tables: string, ms: number, title: string): Fault => ({
  name: `database-locked-${service}`,
  title,
  load: { orders: 100, rate: 20 },
  async run({ ground, did }) {
    did(`${tables} of ${service} locked for ${ms / 1_000} s`);
    await holdLock(ground.servers.postgres.url, service, `LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`, ms);
    did('lock released');
  },
});

/** Most of the load wants one of its hot products, and every order for another product has to come through. */
const rowLocked = (replicas: number): Fault => {
  let held = '';
  return {
    name: replicas === 1 ? 'database-row-locked' : `database-row-locked-${replicas}`,
    title: `one row of the stock is locked for 25 s, with ${replicas} of inventory: orders for other products go through`,
    setup: replicas === 1 ? undefined : { replicas: { inventory: replicas, orders: replicas } },
    load: { orders: 100, rate: 20 },
    explains: (rejected) => timedOut(rejected) && rejected.skus.includes(held),
    async run({ ground, skus, did }) {
      held = skus[0]!;
      did(`${held} locked for 25 s`);
      const lock = `SELECT 1 FROM stock WHERE sku = '${held}' FOR UPDATE`;
      await holdLock(ground.servers.postgres.url, 'inventory', lock, 25_000);
      did('lock released');
    },
  };
};

export const databaseFaults: Fault[] = [
  stopped('database-kill', 'SIGKILL', 'kill -9 of PostgreSQL; crash recovery'),
  stopped('database-restart-fast', 'SIGINT', 'PostgreSQL restarts, fast: sessions ended, data written'),
  stopped(
    'database-restart-immediate',
    'SIGQUIT',
    'PostgreSQL restarts, immediate: sessions cut, crash recovery',
  ),
  {
    name: 'database-frozen',
    title: 'PostgreSQL accepts and answers nothing for 12 s (black hole)',
    load: { orders: 100, rate: 20 },
    async run({ ground, did }) {
      ground.proxies.postgres.blackhole(true);
      did('black hole');
      await delay(12_000);
      ground.proxies.postgres.blackhole(false);
      did('mended');
    },
  },
  {
    name: 'database-half-open',
    title: 'PostgreSQL has forgotten the connections, the services do not know it',
    load: { orders: 100, rate: 20 },
    async run({ ground, did }) {
      did(`${ground.proxies.postgres.halfOpen()} connections half open`);
      await delay(20_000);
    },
  },
  {
    name: 'database-slow',
    title: 'every word to PostgreSQL and back takes 30 ms longer',
    load: { orders: 100, rate: 20 },
    async run({ ground, did }) {
      ground.proxies.postgres.latencyMs = 30;
      did('latency 30 ms');
      await delay(8_000);
    },
  },
  {
    name: 'database-transactions-ended',
    title: 'pg_terminate_backend in the middle of transactions, for five seconds',
    async run({ ground, did }) {
      let ended = 0;
      for (let n = 0; n < 100; n++) {
        ended += await endTransactions(ground.servers.postgres.url);
        await delay(50);
      }
      did(`${ended} sessions ended in a transaction`);
    },
  },
  cutAtCommit('before', 'the connection breaks before COMMIT arrives'),
  cutAtCommit('after', 'the connection breaks after COMMIT, before its answer: the outcome is unknown'),
  locked('orders', 'saga', 8_000, 'the pool of orders is exhausted behind a lock, past lock_timeout'),
  locked('inventory', 'stock', 8_000, 'the pool of inventory is exhausted behind a lock'),
  locked('payments', 'payments', 8_000, 'the pool of payments is exhausted behind a lock'),
  rowLocked(1),
  rowLocked(2),
  {
    name: 'database-deadlocks',
    title: 'somebody locks stock in the opposite order: deadlocks for eight seconds',
    async run({ ground, skus, did }) {
      const [low, high] = [...skus.slice(0, 6)].sort();
      const lock = (sku: string): string => `SELECT 1 FROM stock WHERE sku = '${sku}' FOR UPDATE`;
      let refused = 0;
      for (let n = 0; n < 20; n++) {
        const opposite = ['BEGIN', lock(high!), 'SELECT pg_sleep(0.3)', lock(low!), 'ROLLBACK'];
        await asAdmin(ground.servers.postgres.url, 'inventory', ...opposite).catch(() => refused++);
        await delay(100);
      }
      did(`20 times in the opposite order, ${refused} times we were the one refused`);
    },
  },
  {
    name: 'database-no-connections',
    title: 'PostgreSQL takes no more connections of the services (53300), for eight seconds',
    async run({ ground, did }) {
      const url = ground.servers.postgres.url;
      const limit = (n: number) =>
        OWNERS.map((owner) => `ALTER ROLE caravan_storm_${owner} CONNECTION LIMIT ${n}`);
      try {
        await asAdmin(url, 'orders', ...limit(0));
        ground.proxies.postgres.cut();
        did('connection limit 0, all connections cut');
        await delay(8_000);
      } finally {
        await asAdmin(url, 'orders', ...limit(-1));
        did('limit lifted');
      }
    },
  },
  diskFull,
];
