import { theSystem } from './system.ts';

/** What the card processor's own books say of one order, in minor units and number of times. */
export interface Ledger {
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
  authorizations: number;
  captures: number;
  refunds: number;
}

export const UNTOUCHED: Ledger = {
  authorized: 0,
  captured: 0,
  refunded: 0,
  voided: 0,
  authorizations: 0,
  captures: 0,
  refunds: 0,
};

/** All entries of one order in one; an order whose money never moved has none. */
export async function ledgerOf(orderId: string): Promise<Ledger> {
  const response = await fetch(`${theSystem().cardProcessorUrl}/sandbox/ledger?orderId=${orderId}`);
  const entries = (await response.json()) as (Ledger & { orderId: string; currency: string })[];
  if (entries.length > 1 || entries.some((entry) => entry.orderId !== orderId))
    throw new Error(`Not one order's ledger: ${JSON.stringify(entries)}`);
  const { orderId: _, currency: __, ...money } = entries[0] ?? { orderId, currency: 'EUR', ...UNTOUCHED };
  return money;
}

/** Authorized once, captured once, nothing else. */
export const paid = (amountMinor: number): Ledger => ({
  ...UNTOUCHED,
  authorized: amountMinor,
  captured: amountMinor,
  authorizations: 1,
  captures: 1,
});
