import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { orderInput } from '../load/orders.ts';
import { advanceCards, cardCalls, countedCards, setCardFaults } from '../tools/card-processor.ts';
import {
  growthOf,
  letTimePass,
  publishedBy,
  settledOrders,
  sizesOf,
  type Sizes,
} from '../tools/fast-motion.ts';
import type { World } from '../world.ts';

const STEP_MS = 900_000;
/** A quarter of an hour each. */
const STEPS = 96;
/** Every service has looked for what is due within this real time. */
const LOOK_MS = 700;
/** Real time in which the storm after the outage is counted. */
const AFTERWARDS_MS = 40_000;
/** Orders of each kind: never authorized, confirmed and not captured, cancelled and not refunded. */
const EACH = 4;

/** A question is kept once, whatever the number of times it was asked. */
const MOST_WAITING = 3;
/** What is kept for good, an order's timeline above all, grows by at most one line an hour. */
const MOST_LINES_AN_HOUR = 1;
/** The inbox remembers each message for seven days: one row for each time a question is asked, in a step at most once. */
const MOST_INBOX_A_STEP = 1;
/** Of the end of the outage, for each order: capture or refund, a look before it, one repetition of both. */
const MOST_CALLS = 8;
/** Commands, answers and events of an order on its last way. */
const MOST_MESSAGES = 16;

interface Seen {
  readonly orderIds: readonly string[];
  readonly halfway: Sizes;
  readonly atTheEnd: Sizes;
  readonly calls: ReadonlyMap<string, number>;
  readonly messages: number;
}

const seen = new WeakMap<World, Seen>();

async function place(world: World, round: string): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: EACH }, (_, n) => {
      const key = `away-${round}-${n}-${world.random.int(0, 2 ** 31)}`;
      world.placed++;
      const customer = world.customers[n % world.customers.length]!;
      return customer.place(orderInput(key, [{ sku: world.skus[0]!, quantity: 1 }]));
    }),
  );
  return answers.map((answer) => {
    const id = answer.kind === 'ok' ? answer.data.placeOrder.id : undefined;
    if (id === undefined) throw new Error(`an order was not taken: ${JSON.stringify(answer)}`);
    return id;
  });
}

/** A day in steps: time passes for the back-offs in the databases and at the processor, which refuses every call. */
async function aDay(world: World): Promise<{ halfway: Sizes; atTheEnd: Sizes }> {
  let halfway: Sizes | undefined;
  for (let step = 0; step < STEPS; step++) {
    await letTimePass(world, STEP_MS);
    await advanceCards(world, STEP_MS);
    await delay(LOOK_MS);
    if (step === STEPS / 2 - 1) halfway = await sizesOf(world);
  }
  return { halfway: halfway!, atTheEnd: await sizesOf(world) };
}

export const cardAway: Fault = {
  name: 'card-away-for-a-day',
  title: 'the card processor refuses every call for a day, in fast motion',
  load: 'none',
  longestMs: 420_000,
  finalWithinMs: 120_000,
  async run(world) {
    const refunded = await place(world, 'refunded');
    await setCardFaults(world, [{ operation: 'capture', kind: 'error', status: 503 }]);
    const confirmed = await place(world, 'confirmed');
    await setCardFaults(world, [{ operation: '*', kind: 'error', status: 503 }]);
    const unpaid = await place(world, 'unpaid');
    for (const [n, id] of refunded.entries()) {
      await world.customers[n % world.customers.length]!.cancel(id);
    }
    const orderIds = [...refunded, ...confirmed, ...unpaid];
    world.did(`the card processor refuses every call; ${orderIds.length} orders wait for it`);
    const sizes = await aDay(world);
    world.did(`a day has passed: ${JSON.stringify(sizes.atTheEnd)}`);

    const before = await publishedBy(world);
    await setCardFaults(world, countedCards(orderIds));
    for (let waited = 0; waited < AFTERWARDS_MS; waited += 1_000) {
      await delay(1_000);
      // What waits for a long back-off does not wait in real time.
      await letTimePass(world, STEP_MS, { leaving: '25 s' });
      if (await settledOrders(world, orderIds)) break;
    }
    const calls = await cardCalls(world);
    const messages = (await publishedBy(world)) - before;
    seen.set(world, { orderIds, ...sizes, calls, messages });
    world.did(`it is well again: ${[...calls.values()].join(', ')} calls, ${messages} messages`);
  },
  async verify(world) {
    const found = seen.get(world);
    if (!found) return [];
    const { orderIds, halfway, atTheEnd, calls, messages } = found;
    const hours = (STEP_MS * STEPS) / 2 / 3_600_000;
    const wrong: string[] = [];
    if (atTheEnd.waiting > MOST_WAITING)
      wrong.push(`I13 a payment kept ${atTheEnd.waiting} questions, at most ${MOST_WAITING} are different`);
    for (const { what, rows } of growthOf(halfway, atTheEnd, orderIds.length)) {
      const most = what === 'inbox' ? (MOST_INBOX_A_STEP * STEPS) / 2 : MOST_LINES_AN_HOUR * hours;
      if (rows > most) wrong.push(`I13 ${what} grew by ${rows} for each order in ${hours} hours`);
    }
    for (const [orderId, count] of calls)
      if (count > MOST_CALLS) wrong.push(`I13 ${count} calls for order ${orderId} at the end of the outage`);
    if (messages > MOST_MESSAGES * orderIds.length)
      wrong.push(`I13 ${messages} messages for ${orderIds.length} orders at the end of the outage`);
    return wrong;
  },
};
