import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openJournal } from '../chaos/checker/journal.ts';
import { settle } from '../chaos/checker/read-world.ts';
import { Recorder } from '../chaos/checker/recorder.ts';
import { inWords } from '../chaos/checker/violation.ts';
import { orderInput } from '../chaos/load/orders.ts';
import type { Customer } from '../chaos/load/shop.ts';
import { eventually } from '../libs/testing/src/eventually.ts';
import { type Stack, startStack } from '../tools/stack.ts';
import { crowd, givenApart } from './apart.ts';

/** A system apart from that of the other stories: here every process is replaced by a new one. */
let stack: Stack;
let customers: Customer[];
let skus: string[];
const recorder = new Recorder();

const LIMITS = ['PER_CUSTOMER', 'PER_ADDRESS', 'UNKNOWN_PATHS', 'AUTH'];
const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_mastercard', 'pm_card_visa_chargeDeclined'];
const AT_ONCE = 12;
const PER_SECOND = 100;

const gateways = (): string[] =>
  stack.processes.filter(({ name }) => name === 'gateway').map(({ port }) => `http://127.0.0.1:${port}`);

beforeAll(async () => {
  stack = await startStack({
    root: '.data/test-restart',
    given: givenApart('restart', 2),
    databasePrefix: 'caravan_restart_',
    replicas: { gateway: 2, orders: 2 },
    env: { gateway: Object.fromEntries(LIMITS.map((limit) => [`RATE_LIMIT_${limit}`, '0'])) },
  });
  await openJournal(stack.databaseUrls);
  ({ customers, skus } = await crowd(gateways, recorder));
}, 180_000);

afterAll(() => stack?.stop(), 60_000);

/** Buys and looks around, at a steady pace, each request once, until it is told that it is enough. */
class Crowd {
  readonly failures: string[] = [];
  answered = 0;
  private enough = false;
  private readonly began = performance.now();
  private begun = 0;
  private readonly work = Promise.all(Array.from({ length: AT_ONCE }, () => this.visit()));

  async finish(): Promise<void> {
    this.enough = true;
    await this.work;
  }

  private async visit(): Promise<void> {
    while (!this.enough) {
      const n = this.begun++;
      await delay(Math.max(0, this.began + (n * 1_000) / PER_SECOND - performance.now()));
      const customer = customers[n % customers.length]!;
      const lines = [{ sku: skus[n % skus.length]!, quantity: 1 + (n % 2) }];
      const order = orderInput(randomUUID(), lines, CARDS[(n / 4) % CARDS.length]);
      const answer =
        n % 4 === 0
          ? await customer.place(order, n % 8 === 0 ? 'web' : 'mobile')
          : await (n % 4 === 1 ? customer.newest() : customer.products());
      this.answered++;
      // What is shed on purpose is refused before anything was done.
      if (answer.kind !== 'ok' && !(answer.kind === 'failed' && [429, 503].includes(answer.status)))
        this.failures.push(`${new Date().toISOString()} request ${n}: ${JSON.stringify(answer)}`);
    }
  }
}

/** All invariants, as soon as everything has come to rest. */
async function nothingLost(): Promise<void> {
  const known = { operations: recorder.operations, recordedByAll: true };
  const { violations } = await settle(stack, known, 60_000);
  expect(violations.slice(0, 10).map(inWords)).toEqual([]);
}

const OWN = ['gateway', 'bff-web', 'bff-mobile', 'users', 'orders', 'payments', 'inventory', 'notifications'];
const own = () => stack.processes.filter(({ name }) => OWN.includes(name));

describe('a rolling restart under load', () => {
  it('of everything, replica by replica: no request fails, and nothing is lost', async () => {
    const before = own();
    const crowd = new Crowd();
    await eventually(() => expect(crowd.answered).toBeGreaterThan(100));
    await stack.restart();
    const answered = crowd.answered;
    await eventually(() => expect(crowd.answered).toBeGreaterThan(answered + 100));
    await crowd.finish();
    expect(crowd.failures).toEqual([]);
    await nothingLost();

    // Each is another process at the same place.
    const place = ({ name, replica, port, managementPort }: (typeof before)[number]) => ({
      ...{ name, replica, port, managementPort },
    });
    expect(own().map(place)).toEqual(before.map(place));
    const pids = new Set(before.map(({ pid }) => pid));
    for (const process of own()) {
      expect(process).toMatchObject({ state: 'ready', restarts: 0 });
      expect(pids).not.toContain(process.pid);
      const health = await fetch(`http://127.0.0.1:${process.managementPort}/health/ready`);
      expect(health.status).toBe(200);
    }
  }, 600_000);

  it('of one replica touches no other process', async () => {
    const before = new Map(stack.processes.map(({ name, replica, pid }) => [`${name}-${replica}`, pid]));
    await stack.restart('orders-1');
    const changed = stack.processes.filter(
      ({ name, replica, pid }) => before.get(`${name}-${replica}`) !== pid,
    );
    expect(changed).toMatchObject([{ name: 'orders', replica: 1, state: 'ready' }]);
  }, 300_000);

  it('of what stands for the outside world: orders wait for it', async () => {
    const crowd = new Crowd();
    await eventually(() => expect(crowd.answered).toBeGreaterThan(50));
    await stack.restart('card-processor', 'mail-sink');
    await crowd.finish();
    expect(crowd.failures).toEqual([]);
    await nothingLost();
  }, 300_000);
});
