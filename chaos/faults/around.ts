import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Fault } from '../fault.ts';

const frozen = (
  name: string,
  title: string,
  service: string,
  ms: number,
  replicas?: Record<string, number>,
): Fault => ({
  name,
  title,
  ...(replicas && { setup: { replicas } }),
  load: { orders: 100, rate: 15 },
  async run({ processes, random, did }) {
    const label = random.pick(processes.replicasOf(service));
    did(`SIGSTOP ${label}`);
    await processes.freeze([label], ms);
    did(`SIGCONT ${label}`);
  },
});

export const aroundFaults: Fault[] = [
  {
    name: 'redis-kill',
    title: 'kill -9 of Redis; limits and caches go on without it',
    async run({ processes, did }) {
      processes.kill('redis');
      did('kill -9 redis');
      await delay(3_000);
      await processes.allReady();
    },
  },
  {
    name: 'redis-frozen',
    title: 'Redis does not answer for 10 s (SIGSTOP)',
    async run({ processes, did }) {
      did('SIGSTOP redis');
      await processes.freeze(['redis'], 10_000);
      did('SIGCONT redis');
    },
  },
  {
    name: 'redis-full',
    title: 'Redis is full and takes nothing',
    async run({ ground, did }) {
      const redis = new Redis(ground.servers.redis.url);
      try {
        await redis.config('SET', 'maxmemory-policy', 'noeviction');
        await redis.config('SET', 'maxmemory', '1');
        did('maxmemory 1 byte, no eviction');
        await delay(5_000);
      } finally {
        await redis.config('SET', 'maxmemory', '64mb');
        await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
        redis.disconnect();
        did('64 MB again');
      }
    },
  },
  {
    name: 'signing-keys-away',
    title: 'users, who publishes the signing keys, is away for 15 s; the gateway starts anew meanwhile',
    load: { orders: 100, rate: 15 },
    async run({ processes, did }) {
      const freezing = processes.freeze(processes.replicasOf('users'), 15_000);
      did('SIGSTOP users');
      await delay(4_000);
      processes.kill('gateway');
      did('kill -9 gateway');
      await freezing;
      did('SIGCONT users');
      await processes.allReady();
    },
  },
  frozen('mail-frozen', 'the mail server does not answer for 10 s (SIGSTOP)', 'mail-sink', 10_000),
  frozen('bff-frozen', 'bff-web does not answer for 8 s (SIGSTOP)', 'bff-web', 8_000),
  frozen('bff-one-of-two-frozen', 'one of two bff-web does not answer for 8 s (SIGSTOP)', 'bff-web', 8_000, {
    'bff-web': 2,
  }),
  frozen('inventory-frozen', 'the only inventory does not answer for 12 s (SIGSTOP)', 'inventory', 12_000),
];
