import { formatMoney } from '../libs/contracts/src/index.ts';
import { checkMoney } from '../chaos/checker/money.ts';
import { readLedger } from '../chaos/checker/read-databases.ts';
import { inWords } from '../chaos/checker/violation.ts';
import type { LedgerEntry, OrderEntry, PaymentEntry } from '../chaos/checker/world.ts';
import type { Quiet } from './quiet.ts';

export interface Books {
  orders: readonly Pick<OrderEntry, 'id' | 'status' | 'total'>[];
  payments: readonly PaymentEntry[];
  ledger: readonly LedgerEntry[];
}

/** What a load with confirmed and declined orders must have left behind. @returns a line for people, and what is wrong */
export function audit({ orders, payments, ledger }: Books): { line: string; wrong: string[] } {
  const confirmed = orders.filter(({ status }) => status === 'CONFIRMED');
  const declined = payments.filter(({ status }) => status === 'DECLINED');
  const due = confirmed.reduce((sum, { total }) => sum + total, 0);
  const captured = ledger.reduce((sum, entry) => sum + entry.captured - entry.refunded, 0);
  const held = ledger.reduce((sum, entry) => sum + entry.authorized - entry.captured - entry.voided, 0);
  const wrong: string[] = [];
  if (confirmed.length === 0) wrong.push('not one order was confirmed');
  if (declined.length === 0) wrong.push('not one card was declined');
  if (captured !== due) wrong.push(`${captured} captured, ${due} confirmed`);
  if (held !== 0) wrong.push(`${held} still set aside`);
  const money = formatMoney({ amountMinor: captured, currency: 'EUR' });
  const line = `${orders.length} orders, ${confirmed.length} confirmed, ${declined.length} cards declined, ${money} captured`;
  return { line, wrong };
}

/** Prints what came of the load. @param found what is wrong already @returns all that is wrong */
export function told(books: Books, found: readonly string[]): string[] {
  const { line, wrong } = audit(books);
  const violations = [...found, ...wrong];
  for (const violation of violations.slice(0, 20)) console.error(`  ${violation}`);
  const balanced =
    violations.length === 0
      ? 'the books balance'
      : `THE BOOKS DO NOT BALANCE (${violations.length} violations)`;
  console.log(`  ${line}: ${balanced}`);
  return violations;
}

/** Checks the books of the baseline, order by order, with the same rule for money as Caravan's. */
export async function balanceBaseline(
  name: string,
  databases: Quiet,
  cardProcessorUrl: string,
): Promise<string[]> {
  console.log(`\nChecking the books of ${name}`);
  const orders = await databases.query<OrderEntry>('orders', 'SELECT id, status, total FROM orders');
  const payments = await databases.query<PaymentEntry>(
    'payments',
    `SELECT "orderId", status, NULL AS operation, amount, 0 AS refunded FROM payment`,
  );
  const books = { orders, payments, ledger: await readLedger(cardProcessorUrl) };
  return told(books, checkMoney(books).map(inWords));
}
