import { type Operation, orderIdOf, stateOf } from './operation.ts';
import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

type Seen = Pick<World, 'orders' | 'operations' | 'recordedByAll'>;
const under = (customerId: string, key: string): string => `${customerId} ${key}`;

/** I1: what was accepted is there; what was refused is not; one order a key; no order that nobody wanted. */
export function checkOrders({ orders, operations, recordedByAll }: Seen): Violation[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const count = new Map<string, number>();
  for (const { customerId, key } of orders)
    count.set(under(customerId, key), (count.get(under(customerId, key)) ?? 0) + 1);
  const placed = operations.filter(({ kind }) => kind === 'place');
  const invoked = new Set(placed.map(({ customerId, key }) => under(customerId, key)));

  const doubled = [...count].filter(([, n]) => n > 1).map(([key, n]) => `${n} orders under the key ${key}`);
  const lost = placed.filter((operation) => stateOf(operation) === 'ok').filter(isLost);
  const unwanted = placed
    .filter((operation) => stateOf(operation) === 'failed')
    .filter(({ customerId, key }) => count.has(under(customerId, key)));
  const strangers = recordedByAll
    ? orders.filter(({ customerId, key }) => !invoked.has(under(customerId, key)))
    : [];
  const kept = operations
    .filter((operation) => operation.kind === 'cancel' && stateOf(operation) === 'ok')
    .filter(({ key }) => ['CONFIRMED', undefined].includes(byId.get(key)?.status));

  function isLost(operation: Operation): boolean {
    const order = byId.get(orderIdOf(operation) ?? '');
    return order?.key !== operation.key || order.customerId !== operation.customerId;
  }
  return [
    ...doubled,
    ...lost.map((operation) => `order ${orderIdOf(operation)} under the key ${operation.key} is not there`),
    ...unwanted.map(({ key, attempts }) => `${key} was refused (${attempts[0]?.said}) and has an order`),
    ...strangers.map(({ id, key }) => `order ${id} belongs to the key ${key} that no client has used`),
    ...kept.map(({ key }) => `order ${key} was cancelled, they said, and is ${byId.get(key)?.status}`),
  ].map((what) => violation('I1', what));
}

/** I2: every order is final, or somebody was called to it. */
export function checkFinality({ orders, sagas }: Pick<World, 'orders' | 'sagas'>): Violation[] {
  const called = new Set(orders.filter(({ status }) => status === 'NEEDS_ATTENTION').map(({ id }) => id));
  const pending = orders
    .filter(({ status }) => status === 'PENDING')
    .map(({ id }) => `order ${id} is still PENDING`);
  const open = sagas
    .filter(({ id, state, stuck }) => isOpen(state) && !(stuck && called.has(id)))
    .map(({ id, type, state }) => `the ${type} of order ${id} is still ${state}`);
  return [...pending, ...open].map((what) => violation('I2', what));
}

const isOpen = (state: string): boolean => state === 'running' || state === 'undoing';
