import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openJournal } from '../chaos/checker/journal.ts';
import { settle } from '../chaos/checker/read-world.ts';
import { Recorder } from '../chaos/checker/recorder.ts';
import { inWords } from '../chaos/checker/violation.ts';
import { Load } from '../chaos/load/load.ts';
import type { Customer } from '../chaos/load/shop.ts';
import { Random } from '../chaos/random.ts';
import { givenByTests, type Stack, startStack } from '../tools/stack.ts';
import { crowd } from './apart.ts';

/** The same services in one process: no broker, the same promises. */
let stack: Stack;
let customers: Customer[];
let skus: string[];
const recorder = new Recorder();
const VICTIM = 'single-process';

beforeAll(async () => {
  const { postgres } = givenByTests();
  stack = await startStack({
    root: '.data/test-single',
    singleProcess: true,
    given: { postgres },
    databasePrefix: 'caravan_single_',
    env: { gateway: { RATE_LIMIT_PER_CUSTOMER: '0', RATE_LIMIT_PER_ADDRESS: '0' } },
  });
  await openJournal(stack.databaseUrls);
  ({ customers, skus } = await crowd(() => [stack.gatewayUrl], recorder));
}, 180_000);

afterAll(() => stack?.stop(), 60_000);

/** All invariants but the broker's own, as soon as everything has come to rest. */
async function nothingLost(): Promise<void> {
  const { cardProcessorUrl, folders, databaseUrls, processes } = stack;
  const site = {
    cardProcessorUrl,
    folders,
    databaseUrls,
    processes,
    servers: { postgres: stack.servers.postgres },
  };
  const known = { operations: recorder.operations, recordedByAll: true };
  const { violations } = await settle(site, known, 60_000);
  expect(violations.slice(0, 10).map(inWords)).toEqual([]);
}

it('is one process, and says so', () => {
  expect(stack.status().topology).toBe('single-process');
  const ours = stack.processes.filter(({ name }) => name !== 'card-processor' && name !== 'mail-sink');
  expect(ours.map(({ name }) => name)).toEqual([VICTIM]);
});

it('killed twice under load it comes back, and nothing is lost', async () => {
  const plan = { orders: 600, concurrency: 16, rate: 0 };
  const buying = new Load(customers, skus, plan, new Random(1).fork('single'));
  for (const moment of [100, 300]) {
    await buying.reached(moment);
    stack.kill(VICTIM);
    await stack.untilReady(VICTIM);
  }
  await buying.finish();
  await nothingLost();
}, 180_000);
