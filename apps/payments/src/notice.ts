import { z } from 'zod';

/** What a notice of the processor means to a payment. */
export interface Notice {
  eventId: string;
  orderId: string;
  intentId: string;
  /** held: money is set aside or taken · moved: something else happened · refund-failed: the money came back. */
  says: 'held' | 'moved' | 'refund-failed';
}

const orderId = z.object({ order_id: z.uuid() });
const event = z.object({ id: z.string().min(1).max(255), type: z.string() });
const intent = z.object({ object: z.literal('payment_intent'), id: z.string(), metadata: orderId });
const about = z.object({ payment_intent: z.string(), metadata: orderId, status: z.string().optional() });

const SAYS = new Map<string, Notice['says']>(
  Object.entries({
    'payment_intent.amount_capturable_updated': 'held',
    'payment_intent.succeeded': 'held',
    'payment_intent.canceled': 'moved',
    'payment_intent.payment_failed': 'moved',
    'charge.refunded': 'moved',
    'charge.refund.updated': 'moved',
    'refund.created': 'moved',
    'refund.updated': 'moved',
    'refund.failed': 'refund-failed',
  }),
);

/** Reads an event; undefined for types that mean nothing here and for payments that are not of an order. */
export function noticeOf(payload: unknown): Notice | undefined {
  const head = event.safeParse(payload);
  if (!head.success) return undefined;
  const says = SAYS.get(head.data.type);
  const object: unknown = (payload as { data?: { object?: unknown } }).data?.object;
  if (!says) return undefined;
  const eventId = head.data.id;
  const own = intent.safeParse(object);
  if (own.success) return { eventId, orderId: own.data.metadata.order_id, intentId: own.data.id, says };
  const other = about.safeParse(object);
  if (!other.success) return undefined;
  const failed = head.data.type.includes('refund.') && other.data.status === 'failed';
  return {
    eventId,
    orderId: other.data.metadata.order_id,
    intentId: other.data.payment_intent,
    says: failed ? 'refund-failed' : says,
  };
}
