import {
  contractOf,
  REMEMBERED_BY_ROWS,
  SagaReply,
  serviceOf,
  SUBSCRIPTIONS,
} from '../../libs/contracts/src/index.ts';
import { type Violation, violation } from './violation.ts';
import type { OrderEntry, Published, World } from './world.ts';

/** Who a message is for: who subscribes to an event, whom a command names, who asked for an answer. */
export function receiversOf({ type, routingKey }: Pick<Published, 'type' | 'routingKey'>): string[] {
  if (type === SagaReply.type) return [routingKey.slice(SagaReply.type.length + 1)];
  if (contractOf(type)?.kind === 'command') return [serviceOf({ type })];
  return Object.keys(SUBSCRIPTIONS).filter((service) =>
    SUBSCRIPTIONS[service]?.some((contract) => contract.type === type),
  );
}

/** What an order's end is called by those who are told of it. */
const TOLD = ['CONFIRMED', 'REJECTED', 'CANCELLED'];
const eventOf = (status: string): string => `order.${status.toLowerCase()}`;

type Delivery = Pick<
  World,
  'orders' | 'sagas' | 'published' | 'outboxes' | 'inboxes' | 'deadLetters' | 'notifications' | 'reservations'
>;

/** I6: nothing waits in an outbox; what was said was heard by everyone it was for, or is a dead letter; every end was told. */
export function checkDelivery(world: Delivery): Violation[] {
  const { published, outboxes, inboxes, deadLetters } = world;
  const heard = new Map(Object.entries(inboxes).map(([service, ids]) => [service, new Set(ids)]));
  const inRows = rowsOf(world);
  const isDead = (id: string, service: string) =>
    deadLetters.some((letter) => letter.service === service && letter.body.includes(id));
  const waiting = Object.entries(outboxes)
    .filter(([, rows]) => rows > 0)
    .map(([service, rows]) => `${rows} message(s) wait in the outbox of ${service}`);
  const lost = published.flatMap((message) =>
    receiversOf(message)
      .filter((service) => !(inRows(service, message) ?? heard.get(service)?.has(message.id)))
      .filter((service) => !isDead(message.id, service))
      .map((service) => `${message.type} ${message.id} of order ${message.orderId} never came to ${service}`),
  );
  return [...waiting, ...lost, ...untold(world)].map((what) => violation('I6', what));
}

/**
 * Which messages each service has in its rows, of those that it keeps no inbox entry of. A saga that is still open, and not
 * stuck, has not taken all its answers. @returns undefined: the inbox knows
 */
function rowsOf({
  sagas,
  notifications,
  reservations,
}: Delivery): (to: string, of: Published) => boolean | undefined {
  const told = new Set(notifications.map(({ orderId, kind }) => `${eventOf(kind)} ${orderId}`));
  const settled = new Set(reservations.filter(({ state }) => state !== 'HELD').map(({ orderId }) => orderId));
  const ended = new Set(
    sagas
      .filter(({ state, stuck }) => stuck || state === 'completed' || state === 'rolled_back')
      .map(({ type, id }) => `${type}:${id}`),
  );
  return (service, { type, orderId, question }) => {
    if (!REMEMBERED_BY_ROWS[service]?.some((contract) => contract.type === type)) return undefined;
    if (type === SagaReply.type) return question?.split(' ').some((word) => ended.has(word));
    return service === 'inventory' ? settled.has(orderId ?? '') : told.has(`${type} ${orderId}`);
  };
}

/** By the receivers' own books, whatever the outbox says; and the outbox has held what they were told. */
function untold({ orders, notifications, published }: Delivery): string[] {
  const notified = new Set(notifications.map(({ orderId, kind }) => `${kind} ${orderId}`));
  const said = new Set(published.map(({ type, orderId }) => `${type} ${orderId}`));
  const ended = orders.filter(({ status }) => TOLD.includes(status));
  const missing = (where: string, known: (order: OrderEntry) => boolean) =>
    ended.filter((order) => !known(order)).map(({ id, status }) => `order ${id} is ${status}: ${where}`);
  return [
    ...missing('notifications has not heard of it', ({ id, status }) => notified.has(`${status} ${id}`)),
    ...missing(
      'its event never stood in the outbox',
      ({ id, status, journaled }) => !journaled || said.has(`${eventOf(status)} ${id}`),
    ),
  ];
}

/** I7: a message enters an inbox once, and a saga's question is answered once. */
export function checkTwice({ inboxes, published }: Pick<World, 'inboxes' | 'published'>): Violation[] {
  const entered = Object.entries(inboxes).flatMap(([service, ids]) =>
    twice(ids).map((id) => `message ${id} entered the inbox of ${service} twice`),
  );
  const questions = published.flatMap(({ from, question }) => (question ? [`${from} ${question}`] : []));
  const answered = twice(questions).map((question) => `answered twice by ${question}`);
  return [...entered, ...answered].map((what) => violation('I7', what));
}

function twice(all: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(all.filter((one) => seen.has(one) || !seen.add(one)))];
}
