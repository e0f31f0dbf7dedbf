import type { Dispute as DisputeView } from '@caravan/contracts';

/** A chargeback as it is stored with its payment. */
export interface Dispute extends Omit<DisputeView, 'currency'> {
  id: string;
}

const CLOSED = new Set(['won', 'lost', 'warning_closed', 'prevented', 'charge_refunded']);

export const isClosed = ({ status }: Pick<Dispute, 'status'>): boolean => CLOSED.has(status);

/** While the bank holds the money back, a refund would pay twice. Inquiries (`warning_…`) hold nothing back. */
export const blocksRefund = ({ status }: Pick<Dispute, 'status'>): boolean =>
  !CLOSED.has(status) && !status.startsWith('warning_');

/**
 * What is known after hearing `told`. Notices come twice and out of order: a closed dispute is never open again, and an
 * earlier dispute does not replace a later one. Answers with `known` itself when it says nothing new.
 */
export function merged(known: Dispute | null, told: Dispute): Dispute {
  if (!known) return told;
  if (known.id !== told.id) return told.openedAt > known.openedAt ? told : known;
  if (isClosed(known) || known.status === told.status) return known;
  return told;
}

/** @param currency the payment's own: a dispute is in the currency of its charge */
export function viewOfDispute(dispute: Dispute, currency: string): DisputeView {
  const { status, reason, amountMinor, openedAt, closedAt } = dispute;
  return { status, reason, amountMinor, currency, openedAt, closedAt };
}
