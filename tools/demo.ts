import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { foldersAt } from './checkout.ts';
import { commandLine } from './command-line.ts';
import { type Order, placeOrder } from './demo/graphql.ts';
import { ShopClient } from './demo/shop-client.ts';
import { type Story, storiesFrom } from './demo/stories.ts';
import { summaryOf, timelineOf } from './demo/timeline.ts';
import { type RunState, runningState } from './supervision/run-state.ts';

const SETTLED_WITHIN_MS = 30_000;
const address = {
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

commandLine({
  call: 'npm run demo',
  about:
    'Places three orders (confirmed, declined, out of stock) and tells what happened to each. GATEWAY_URL: where, if not here.',
  flags: {},
});
const running = runningState(foldersAt());
const gateway = process.env.GATEWAY_URL ?? running?.gateway ?? '';

const indented = (text: string): string => text.replaceAll(/^/gm, '    ');

/** Final, and with its whole story: a confirmed order's payment is captured a moment after it is confirmed. */
const isTold = ({ status, payment, timeline }: Order): boolean =>
  status !== 'PENDING' &&
  payment?.status !== 'AUTHORIZED' &&
  (payment?.status !== 'CAPTURED' ||
    timeline.some(({ step, outcome }) => step.startsWith('capture') && outcome === 'done'));

async function settled(shop: ShopClient, id: string): Promise<Order> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const order = await shop.order(id);
    if (order && isTold(order)) return order;
    if (performance.now() > deadline) {
      if (order && order.status !== 'PENDING') return order;
      throw new Error(
        `order ${id} is still ${order?.status ?? 'unknown'} after ${SETTLED_WITHIN_MS / 1000} s`,
      );
    }
    await delay(100);
  }
}

async function tell(
  shop: ShopClient,
  { title, paymentMethod, line, expected }: Story,
  number: number,
): Promise<boolean> {
  console.log(`\n${number}. ${title}`);
  console.log(
    `  ${line.quantity} × ${line.product.name} (${line.product.sku}, ${line.product.price.formatted}, ${line.product.available} available), paid with ${paymentMethod}`,
  );
  const input = {
    idempotencyKey: randomUUID(),
    lines: [{ sku: line.product.sku, quantity: line.quantity }],
    paymentMethod,
    shippingAddress: address,
  };
  console.log(`\n  POST ${gateway}/web/graphql`);
  console.log(number === 1 ? indented(placeOrder) : '    (the same mutation)');
  console.log(indented(JSON.stringify({ input }, null, 2)));
  const placed = await shop.place(input);
  console.log(`\n  The answer: ${JSON.stringify(placed)}`);
  const id = placed.id ?? placed.orderId;
  if (!id) return false;
  const order = await settled(shop, id);
  console.log(summaryOf(order));
  for (const row of timelineOf(order)) console.log(`  ${row}`);
  const asExpected =
    order.status === expected.status && [expected.typename, 'Order'].includes(placed.__typename);
  if (!asExpected) console.log(`  NOT as expected: ${expected.typename} and ${expected.status} were.`);
  return asExpected;
}

/** Why no order is placed; undefined when the gateway that was named answers, or that of this checkout's own system. */
async function whyNot(own: RunState | undefined): Promise<string | undefined> {
  const advice = 'Start it with npm start, then run npm run demo again in another terminal.';
  if (process.env.GATEWAY_URL === undefined && !own)
    return `Caravan does not run in this checkout. ${advice}`;
  try {
    const response = await fetch(gateway, { signal: AbortSignal.timeout(10_000) });
    const page = await response.text();
    if (process.env.GATEWAY_URL !== undefined || page.includes(`content="${own?.run}.`)) return undefined;
    return `Another system answers at ${gateway}, not that of this checkout (GATEWAY_URL=${gateway} npm run demo orders there). ${advice}`;
  } catch {
    return `Nothing answers at ${gateway}: is the system up? ${advice}`;
  }
}

async function demo(): Promise<number> {
  const reason = await whyNot(running);
  if (reason !== undefined) {
    console.error(reason);
    return 1;
  }
  const shop = new ShopClient(gateway);
  await shop.logIn('customer@example.com', 'caravan-demo');
  console.log(`Logged in at ${gateway} as customer@example.com.`);
  let good = 0;
  const stories = storiesFrom(await shop.products());
  for (const [index, story] of stories.entries()) if (await tell(shop, story, index + 1)) good++;
  console.log(`\n${good} of ${stories.length} orders ended as they should.`);
  return good === stories.length ? 0 : 1;
}

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${(error as Error).message}`);
  console.error('Look: npm run status, and the logs in .data/logs');
  process.exitCode = 1;
}
