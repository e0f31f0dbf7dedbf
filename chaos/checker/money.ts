import { type Violation, violation } from './violation.ts';
import type { LedgerEntry, OrderEntry, PaymentEntry, World } from './world.ts';

type Seen = Pick<World, 'payments' | 'ledger'> & { orders: readonly Priced[] };
type Priced = Pick<OrderEntry, 'id' | 'status' | 'total'>;

/** I3: captured − refunded is the total of a confirmed order and 0 of any other; nothing twice; both ledgers agree. */
export function checkMoney({ orders, payments, ledger }: Seen): Violation[] {
  const entries = new Map(ledger.map((entry) => [entry.orderId, entry]));
  const own = new Map(payments.map((payment) => [payment.orderId, payment]));
  const known = new Set(orders.map(({ id }) => id));
  return [
    ...ledger
      .filter(({ orderId }) => !known.has(orderId))
      .map(({ orderId }) => `money of an order ${orderId} that is not there`),
    ...payments
      .filter(({ orderId }) => !known.has(orderId))
      .map((p) => `payment of a lost order ${p.orderId}`),
    ...orders.flatMap((order) =>
      moneyOf(order, entries.get(order.id), own.get(order.id)).map(
        (what) => `order ${order.id} (${order.status}): ${what}`,
      ),
    ),
  ].map((what) => violation('I3', what));
}

function moneyOf({ status, total }: Priced, entry?: LedgerEntry, payment?: PaymentEntry): string[] {
  const taken = (entry?.captured ?? 0) - (entry?.refunded ?? 0);
  // Where somebody has to look, the money may be on either side, but nowhere between.
  const right = status === 'NEEDS_ATTENTION' ? [0, total] : status === 'CONFIRMED' ? [total] : [0];
  const wrong: string[] = [];
  if (!right.includes(taken)) wrong.push(`${taken} taken instead of ${right.join(' or ')}`);
  if (entry && Math.max(entry.authorizations, entry.captures, entry.refunds) > 1)
    wrong.push(`money moved twice, ${JSON.stringify(entry)}`);
  if (entry && status !== 'NEEDS_ATTENTION' && entry.authorized !== entry.captured + entry.voided)
    wrong.push(`money still set aside, ${JSON.stringify(entry)}`);
  const ours =
    payment && ['CAPTURED', 'REFUNDED'].includes(payment.status) ? payment.amount - payment.refunded : 0;
  if (status !== 'NEEDS_ATTENTION') {
    if (payment?.operation) wrong.push(`payments still wants to ${payment.operation}`);
    if (ours !== taken) wrong.push(`payments says ${ours} (${payment?.status}), the processor ${taken}`);
  }
  return wrong;
}
