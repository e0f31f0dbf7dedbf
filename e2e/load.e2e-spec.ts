import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { readBooks } from '../chaos/books.ts';
import { check, type Recorded } from '../chaos/checker.ts';
import { eventually } from '../libs/testing/src/eventually.ts';
import { givenByTests, type Stack, startStack } from '../tools/stack.ts';

/** Services and what they stand on, apart from the other stories: here processes are killed. */
let stack: Stack;
let token: string;
let skus: string[];

const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_mastercard', 'pm_card_visa_chargeDeclined'];
const ADDRESS = {
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename ... on Order { id status } ... on OutOfStock { orderId } ... on PaymentDeclined { orderId } } }`;

beforeAll(async () => {
  const given = givenByTests();
  const apart = (url: string | undefined, pathname: string) =>
    url && Object.assign(new URL(url), { pathname }).toString();
  const rabbitmq = apart(given.rabbitmq, '/load');
  // Its own counters: the logins of the other stories are not this gateway's.
  const redis = apart(given.redis, '/1');
  const unlimited = { RATE_LIMIT_PER_CUSTOMER: '0', RATE_LIMIT_PER_ADDRESS: '0' };
  stack = await startStack({
    root: '.data/test-load',
    given: { ...given, rabbitmq, redis },
    databasePrefix: 'caravan_load_',
    env: { gateway: unlimited },
  });
  token = await login();
  const { products } = (await web('{ products(first: 100) { nodes { sku } } }', {})).data as {
    products: { nodes: { sku: string }[] };
  };
  skus = products.nodes.map((node) => node.sku);
}, 180_000);

afterAll(() => stack?.stop(), 60_000);

async function login(): Promise<string> {
  const response = await fetch(`${stack.gatewayUrl}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'customer@example.com', password: 'caravan-demo' }),
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`no login: ${response.status} ${answer}`);
  return (JSON.parse(answer) as { accessToken: string }).accessToken;
}

interface Answer {
  data?: unknown;
  errors?: { extensions: { code: string } }[];
}

async function web(query: string, variables: object): Promise<Answer> {
  const response = await fetch(`${stack.gatewayUrl}/web/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** One customer's click. What is unknown is settled by repeating the key, as a client would. */
async function checkout(n: number): Promise<Recorded> {
  const key = `load-${n}-${randomUUID()}`;
  const lines = [n, n * 7 + 3].map((i) => ({ sku: skus[i % skus.length]!, quantity: 1 + (n % 3) }));
  const input = {
    idempotencyKey: key,
    lines,
    paymentMethod: CARDS[n % CARDS.length]!,
    shippingAddress: ADDRESS,
  };
  const orderId = await eventually(async () => {
    const { data, errors } = await web(PLACE, { input });
    const result = (data as { placeOrder: { id?: string; orderId?: string; status?: string } } | null)
      ?.placeOrder;
    const id = result?.id ?? result?.orderId;
    if (!id) throw new Error(`no answer yet: ${JSON.stringify(errors ?? result)}`);
    return id;
  }, 60_000);
  return { key, orderId };
}

/** Buys until `count` are done; what is done so far stands in `recorded`. */
async function load(count: number, concurrency: number, recorded: Recorded[] = []): Promise<Recorded[]> {
  let next = 0;
  const buyer = async () => {
    while (next < count) recorded.push(await checkout(next++));
  };
  await Promise.all(Array.from({ length: concurrency }, buyer));
  return recorded;
}

const balanced = (recorded: Recorded[]) =>
  eventually(async () => expect(check(await readBooks(stack), recorded).slice(0, 10)).toEqual([]), 60_000);

async function queues(): Promise<Record<string, number>> {
  const connection = await connect(stack.servers.rabbitmq.url);
  const channel = await connection.createChannel();
  const waiting: Record<string, number> = {};
  for (const service of ['users', 'orders', 'payments', 'inventory', 'notifications']) {
    for (const queue of [service, `${service}.rpc`, `${service}.dead`])
      waiting[queue] = (await channel.checkQueue(queue)).messageCount;
  }
  await connection.close();
  return waiting;
}

describe('under load', () => {
  it('2,000 checkouts at concurrency 32, confirmed, declined and out of stock: the books balance to the cent', async () => {
    const recorded = await load(2_000, 32);
    await balanced(recorded);
    const { orders } = await readBooks(stack);
    expect(orders).toHaveLength(2_000);
    expect(new Set(orders.map((order) => order.status))).toEqual(new Set(['CONFIRMED', 'REJECTED']));
    await eventually(
      async () => expect(Object.values(await queues()).every((waiting) => waiting === 0)).toBe(true),
      30_000,
    );
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
    'kill -9 of %s: it comes back, and the same books balance',
    async (victim) => {
      const before = stack.processes.find((process) => process.name === victim)!.restarts;
      const recorded: Recorded[] = [];
      const buying = load(300, 32, recorded);
      await eventually(() => expect(recorded.length).toBeGreaterThan(50), 60_000);
      stack.kill(victim);
      await buying;
      await stack.untilReady(victim);
      expect(stack.processes.find((process) => process.name === victim)!.restarts).toBe(before + 1);
      await balanced(recorded);
    },
    120_000,
  );
});
