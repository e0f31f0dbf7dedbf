import { orderIdOf } from './operation.ts';
import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

type Seen = Pick<World, 'orders' | 'operations' | 'published' | 'notifications'>;

/** Said by a clock, not by anybody's request. */
const OF_NOBODY = ['reservation.overdue'];

/** I12: a trace that a client began stands with its order, on every message about it, and with the mail. */
export function checkTraces({ orders, operations, published, notifications }: Seen): Violation[] {
  const traces = new Map(orders.map((order) => [order.id, order.traceId]));
  // The same key may come from several clients at once: the order has the trace of one of them.
  const begun = new Map<string, string[]>();
  for (const operation of operations.filter(({ kind }) => kind === 'place')) {
    const orderId = orderIdOf(operation);
    if (orderId) begun.set(orderId, [...(begun.get(orderId) ?? []), operation.traceId]);
  }
  const strange = [...begun]
    .filter(([orderId, own]) => !own.includes(traces.get(orderId) ?? own[0]!))
    .map(([orderId, own]) => ({ who: 'its client', orderId, traceId: own[0]! }));
  const said = published
    .filter(({ type }) => !OF_NOBODY.includes(type))
    .map(({ from, type, orderId, traceId }) => ({ who: `${type} of ${from}`, orderId, traceId }));
  const mailed = notifications.map(({ orderId, kind, traceId }) => ({
    who: `the ${kind} mail`,
    orderId,
    traceId,
  }));
  return [...strange, ...said, ...mailed].flatMap(({ who, orderId, traceId }) => {
    const own = orderId && traces.get(orderId);
    return !own || own === traceId
      ? []
      : [violation('I12', `order ${orderId} has the trace ${own}, ${who} has ${traceId}`)];
  });
}
