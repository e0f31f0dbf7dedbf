import { table } from '../table.ts';
import type { Order } from './graphql.ts';

/** The order's own account of what happened, with the time since its beginning. */
export function timelineOf({ timeline }: Order): string[] {
  const began = Date.parse(timeline[0]?.at ?? '');
  const rows = timeline.map(({ at, step, outcome, detail }) => [
    new Date(at).toISOString().slice(11, 23),
    `+${Date.parse(at) - began} ms`,
    step,
    outcome,
    detail ?? '',
  ]);
  return table(['at (UTC)', 'after', 'step', 'outcome', 'detail'], rows);
}

export function summaryOf({ number, status, total, payment, rejection }: Order): string {
  const paid = payment ? `, payment ${payment.status} ${payment.amount.formatted}` : ', no payment';
  return `  Order ${number}: ${status}, total ${total.formatted}${paid}${rejection ? `, because ${rejection.message} (${rejection.code})` : ''}`;
}
