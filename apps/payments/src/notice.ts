import { z } from 'zod';
import { type Dispute, isClosed } from './dispute.ts';

/**
 * What a notice of the processor means to a payment. The order is unknown where the processor does not name it.
 * `key`: the idempotency key of the call that caused it, if a call did.
 */
export type Notice = { eventId: string; orderId?: string; intentId: string; key?: string } & Said;

export type Said =
  /** held: money is set aside · taken: it was captured · failed: no money · canceled: it was let go. */
  | { says: 'held' | 'taken' | 'failed' | 'canceled' }
  /** So much of the charge was given back in all. */
  | { says: 'charge-refunded'; refundedMinor: number | null }
  | { says: 'refund'; refundId: string; failed: boolean }
  | { says: 'dispute'; dispute: Dispute };

const INTENT = new Map<string, 'held' | 'taken' | 'failed' | 'canceled'>([
  ['payment_intent.amount_capturable_updated', 'held'],
  ['payment_intent.succeeded', 'taken'],
  ['payment_intent.payment_failed', 'failed'],
  ['payment_intent.requires_action', 'failed'],
  ['payment_intent.canceled', 'canceled'],
]);
const REFUND = new Set(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']);
const DISPUTE = 'charge.dispute.';

const name = z.string().regex(/^[\w-]{1,255}$/);
const word = z
  .string()
  .regex(/^[\w-]{1,60}$/)
  .catch('unknown');
const seconds = z.number().int().min(0).max(9_999_999_999);
const minor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const order = z
  .object({ order_id: z.uuid().optional().catch(undefined) })
  .nullish()
  .catch(undefined);

const event = z.object({
  id: z.string().regex(/^[\w.:-]{1,255}$/),
  type: z.string(),
  created: seconds.optional().catch(undefined),
  request: z
    .object({ idempotency_key: z.string().max(255).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
const intent = z.object({ object: z.literal('payment_intent'), id: name, metadata: order });
const charge = z.object({
  object: z.literal('charge'),
  payment_intent: name,
  metadata: order,
  amount_refunded: minor.nullish().catch(null),
});
const refund = z.object({
  object: z.literal('refund'),
  id: name.catch(''),
  payment_intent: name,
  metadata: order,
  status: z.string().nullish().catch(undefined),
});
const dispute = z.object({
  object: z.literal('dispute'),
  id: name,
  payment_intent: name,
  metadata: order,
  status: word,
  reason: word,
  amount: minor,
  created: seconds.optional().catch(undefined),
});

/** Reads an event; undefined for types that mean nothing here and for objects that are of no payment. */
export function noticeOf(payload: unknown): Notice | undefined {
  const head = event.safeParse(payload).data;
  if (!head) return undefined;
  const { id: eventId, type, request } = head;
  const key = request?.idempotency_key;
  const object: unknown = (payload as { data?: { object?: unknown } | null }).data?.object;
  const says = INTENT.get(type);
  if (says) {
    const own = intent.safeParse(object).data;
    return own && { eventId, orderId: own.metadata?.order_id, intentId: own.id, key, says };
  }
  if (type === 'charge.captured' || type === 'charge.refunded') {
    const of = charge.safeParse(object).data;
    if (!of) return undefined;
    const head = { eventId, orderId: of.metadata?.order_id, intentId: of.payment_intent, key };
    if (type === 'charge.captured') return { ...head, says: 'taken' };
    return { ...head, says: 'charge-refunded', refundedMinor: of.amount_refunded ?? null };
  }
  if (REFUND.has(type)) {
    const of = refund.safeParse(object).data;
    if (!of) return undefined;
    const failed = type === 'refund.failed' || of.status === 'failed' || of.status === 'canceled';
    const head = { eventId, orderId: of.metadata?.order_id, intentId: of.payment_intent };
    return { ...head, says: 'refund', refundId: of.id, failed };
  }
  return type.startsWith(DISPUTE) ? disputeOf(object, head) : undefined;
}

/** @param about when the event was made: a dispute does not say itself when it was closed */
function disputeOf(object: unknown, about: z.infer<typeof event>): Notice | undefined {
  const of = dispute.safeParse(object).data;
  if (!of) return undefined;
  const at = instant(about.created);
  const { id, status, reason, amount: amountMinor } = of;
  const openedAt = of.created === undefined ? at : instant(of.created);
  const closedAt = isClosed(of) ? at : null;
  return {
    eventId: about.id,
    orderId: of.metadata?.order_id,
    intentId: of.payment_intent,
    says: 'dispute',
    dispute: { id, status, reason, amountMinor, openedAt, closedAt },
  };
}

const instant = (s: number | undefined): string =>
  (s === undefined ? new Date() : new Date(s * 1000)).toISOString();
