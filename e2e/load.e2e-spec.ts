import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openJournal } from '../chaos/checker/journal.ts';
import { settle } from '../chaos/checker/read-world.ts';
import { Recorder } from '../chaos/checker/recorder.ts';
import { inWords } from '../chaos/checker/violation.ts';
import type { World } from '../chaos/checker/world.ts';
import { Load } from '../chaos/load/load.ts';
import type { Customer } from '../chaos/load/shop.ts';
import { Random } from '../chaos/random.ts';
import { type Stack, startStack } from '../tools/stack.ts';
import { crowd, givenApart } from './apart.ts';

/** Services and what they stand on, apart from the other stories: here processes are killed. */
let stack: Stack;
let customers: Customer[];
let skus: string[];
const recorder = new Recorder();

beforeAll(async () => {
  const unlimited = { RATE_LIMIT_PER_CUSTOMER: '0', RATE_LIMIT_PER_ADDRESS: '0' };
  stack = await startStack({
    root: '.data/test-load',
    given: givenApart('load', 1),
    databasePrefix: 'caravan_load_',
    env: { gateway: unlimited },
  });
  await openJournal(stack.databaseUrls);
  ({ customers, skus } = await crowd(() => [stack.gatewayUrl], recorder));
}, 180_000);

afterAll(() => stack?.stop(), 60_000);

/** Buyers at work, most of whom pay; some cards are declined, some shelves run empty, some change their mind. */
const load = (orders: number, name: string): Load =>
  new Load(customers, skus, { orders, concurrency: 32, rate: 0 }, new Random(1).fork(name));

/** All invariants, as soon as everything has come to rest. */
async function nothingLost(): Promise<World> {
  const known = { operations: recorder.operations, recordedByAll: true };
  const { violations, world } = await settle(stack, known, 60_000);
  expect(violations.slice(0, 10).map(inWords)).toEqual([]);
  return world;
}

describe('under load', () => {
  it('2,000 checkouts at concurrency 32, confirmed, declined, out of stock and cancelled: nothing is lost', async () => {
    await load(2_000, 'many').finish();
    const { orders } = await nothingLost();
    expect(orders).toHaveLength(2_000);
    const statuses = new Set(orders.map((order) => order.status));
    expect(statuses).toEqual(new Set(['CONFIRMED', 'REJECTED', 'CANCELLED']));
  }, 180_000);

  it.each([
    'orders',
    'inventory',
    'payments',
    'users',
    'notifications',
    'gateway',
    'bff-web',
    'card-processor',
  ])(
    'kill -9 of %s: it comes back, and nothing is lost',
    async (victim) => {
      const before = stack.processes.find((process) => process.name === victim)!.restarts;
      const buying = load(300, victim);
      await buying.reached(50);
      stack.kill(victim);
      await buying.finish();
      await stack.untilReady(victim);
      expect(stack.processes.find((process) => process.name === victim)!.restarts).toBe(before + 1);
      await nothingLost();
    },
    120_000,
  );
});
