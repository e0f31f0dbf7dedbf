import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** Reasons of the customer's own: no fault is needed for them. */
const LEGITIMATE: ReadonlySet<string> = new Set(['payments.declined', 'inventory.out-of-stock']);

/** I13: an order is rejected for a reason of its own, or for one that the fault explains (`Fault.explains`). */
export function checkRejections({ orders }: Pick<World, 'orders'>): Violation[] {
  return orders
    .filter(({ status, rejection }) => status === 'REJECTED' && !LEGITIMATE.has(rejection ?? ''))
    .map(({ id, rejection, lines }) => ({
      ...violation('I13', `order ${id} was rejected for ${rejection ?? 'no reason'}`),
      rejected: { reason: rejection ?? '', skus: lines.map(({ sku }) => sku) },
    }));
}
