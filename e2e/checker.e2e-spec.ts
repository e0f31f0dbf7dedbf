import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openJournal } from '../chaos/checker/journal.ts';
import { settle } from '../chaos/checker/read-world.ts';
import { Recorder } from '../chaos/checker/recorder.ts';
import { type Invariant, inWords, type Violation } from '../chaos/checker/violation.ts';
import { orderInput } from '../chaos/load/orders.ts';
import { Customer } from '../chaos/load/shop.ts';
import { arm } from '../chaos/tools/fault-points.ts';
import { Processes } from '../chaos/tools/processes.ts';
import { Shadow } from '../chaos/tools/shadow.ts';
import { eventually } from '../libs/testing/src/eventually.ts';
import { withPostgres } from '../tools/infrastructure/contact.ts';
import { type Stack, startStack } from '../tools/stack.ts';
import { givenApart } from './apart.ts';

/**
 * The checker's own test: the same faults under the same small load, first against the services as they are, then against
 * services that break one promise on purpose. A checker that cannot turn red proves nothing.
 */
let stack: Stack;
let processes: Processes;
let customer: Customer;
let skus: string[];
const recorder = new Recorder();
/** What each service is started with; the next restart reads it again. */
const env: Record<string, Record<string, string>> = {
  gateway: { RATE_LIMIT_PER_CUSTOMER: '0', RATE_LIMIT_PER_ADDRESS: '0' },
  orders: { FAULT_POINTS: 'on' },
  inventory: { FAULT_POINTS: 'on' },
};

beforeAll(async () => {
  stack = await startStack({
    root: '.data/test-checker',
    given: givenApart('checker', 3),
    databasePrefix: 'caravan_checker_',
    leaveOut: ['bff-mobile'],
    // Two that sell from the same shelves: one alone has one batch under way, and its row locks keep out nobody.
    replicas: { inventory: 2 },
    env,
  });
  await openJournal(stack.databaseUrls);
  processes = new Processes(() => [stack.supervisor]);
  customer = await new Customer(() => [stack.gatewayUrl], undefined, undefined, recorder).register();
  const products = await customer.products();
  if (products.kind !== 'ok') throw new Error(`no products: ${JSON.stringify(products)}`);
  skus = products.data.products.nodes.filter(({ available }) => available >= 60).map(({ sku }) => sku);
}, 180_000);

afterAll(() => stack?.stop(), 60_000);

/** So many customers at once, each with one piece; every key is repeated until its answer tells the order, or its outcome. */
const buy = (count: number, skuOf: (n: number) => string, outcome = true): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const input = orderInput(randomUUID(), [{ sku: skuOf(n), quantity: 1 }]);
      await eventually(async () => {
        const answer = await customer.place(input);
        if (answer.kind !== 'ok' || (outcome && answer.data.placeOrder.status === 'PENDING'))
          throw new Error(`no outcome yet: ${JSON.stringify(answer)}`);
      });
    }),
  );

/** Every message comes twice. */
async function duplicates(): Promise<void> {
  const shadow = await Shadow.open(stack.servers.rabbitmq.url, (message, shadow) => shadow.say(message, 50));
  await buy(10, (n) => skus[n]!);
  await shadow.close();
}

/** Buyers of one product, the later ones while one of both inventories still holds its transaction open. */
async function hotProduct(): Promise<void> {
  for (const label of processes.replicasOf('inventory'))
    await arm(processes, label, 'transaction.before-commit', { action: 'stall', times: 6, ms: 300 });
  const waves: Promise<unknown>[] = [];
  for (let wave = 0; wave < 8; wave++) {
    waves.push(buy(4, () => skus[0]!));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await Promise.all(waves);
}

/** A service dies of its own hand at a fault point, in the middle of a load. */
async function dies(label: string, point: string): Promise<void> {
  const { restarts } = processes.find(label);
  await arm(processes, label, point, { action: 'die', after: 2 });
  await eventually(async () => {
    await buy(20, (n) => skus[n]!, false);
    expect(processes.find(label).restarts).toBeGreaterThan(restarts);
  });
  await stack.untilReady(label);
}

const known = { operations: recorder.operations, recordedByAll: true };

/** Waits until that invariant, and how it is violated, is told of twice with a pause: not of something on its way. */
async function turnsRed(invariant: Invariant, how: RegExp, before: readonly string[]): Promise<string[]> {
  const found = async (): Promise<string[]> =>
    (await settle(stack, known, 0)).violations.filter(isIt).map(inWords).filter(isNew);
  const isIt = (violation: Violation) => violation.invariant === invariant && how.test(violation.what);
  const isNew = (violation: string) => !before.includes(violation);
  return eventually(async () => {
    const first = await found();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const both = (await found()).filter((violation) => first.includes(violation));
    expect(both).not.toEqual([]);
    return both;
  });
}

/** The service that breaks a promise now; the one that did before is itself again. */
let saboteur: string | undefined;
async function sabotage(service: string, SABOTAGE: string): Promise<void> {
  if (saboteur) delete env[saboteur]!['SABOTAGE'];
  if (saboteur && saboteur !== service) await stack.restart(saboteur);
  env[(saboteur = service)]!['SABOTAGE'] = SABOTAGE;
  await stack.restart(service);
}

interface Case {
  readonly switched: string;
  readonly service: string;
  readonly fault: () => Promise<void>;
  readonly invariant: Invariant;
  readonly how: RegExp;
}

const CASES: readonly Case[] = [
  {
    switched: 'outbox-skipped',
    service: 'orders',
    fault: () => dies('orders', 'transaction.after-commit'),
    invariant: 'I6',
    how: /never stood in the outbox/,
  },
  {
    switched: 'inbox-off',
    service: 'inventory',
    fault: duplicates,
    invariant: 'I7',
    how: /answered twice by inventory/,
  },
  {
    switched: 'ack-before-commit',
    service: 'inventory',
    fault: () => dies('inventory', 'transaction.before-commit'),
    invariant: 'I6',
    how: /never came to inventory/,
  },
  // The last one: what it does to the shelves stays.
  {
    switched: 'row-lock-off',
    service: 'inventory',
    fault: hotProduct,
    invariant: 'I4',
    how: /reservations|confirmed orders/,
  },
];

describe('the checker', () => {
  it('is green after each of the faults below, as long as nobody breaks a promise', async () => {
    for (const { fault } of CASES) await fault();
    const { violations } = await settle(stack, known, 60_000);
    expect(violations.slice(0, 10).map(inWords)).toEqual([]);
  }, 180_000);

  it('turns red when a journal lacks an entry: I14', async () => {
    await withPostgres(stack.databaseUrls.get('orders')!, async (client) => {
      const { rows } = await client.query<{ id: string; journal: object[] }>(
        `SELECT id, journal FROM saga WHERE type = 'checkout' AND state = 'completed' LIMIT 1`,
      );
      const { id, journal } = rows[0]!;
      const become = (entries: object[]) =>
        client.query(`UPDATE saga SET journal = $2 WHERE type = 'checkout' AND id = $1`, [
          id,
          JSON.stringify(entries),
        ]);
      await become(journal.toSpliced(1, 1));
      const { violations } = await settle(stack, known, 0);
      await become(journal);
      expect(violations.map(inWords)).toEqual([
        expect.stringMatching(`^I14 checkout ${id} \\(checkout.v1\\) does not replay: `),
      ]);
    });
  });

  it.each(CASES)(
    'turns red with $switched in $service: $invariant',
    async ({ switched, service, fault, invariant, how }) => {
      const before = (await settle(stack, known, 0)).violations.map(inWords);
      await sabotage(service, switched);
      await fault();
      expect(await turnsRed(invariant, how, before)).not.toEqual([]);
    },
    180_000,
  );
});
