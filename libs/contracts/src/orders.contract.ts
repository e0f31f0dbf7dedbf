import { z } from 'zod';
import { event, request } from './contract.ts';
import { address, amountMinor, currency, id, instant, line, quantity, sku } from './common.schemas.ts';
import { failureSchema } from './failure.ts';
import { timelineOutcome } from './saga.contract.ts';

export const orderStatus = z.enum(['PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION']);
export type OrderStatus = z.infer<typeof orderStatus>;

export const orderLine = z.object({
  sku,
  name: z.string(),
  quantity,
  unitPriceMinor: amountMinor,
  totalMinor: amountMinor,
  /** The order's. Builds of before do not send it, and orders of before do not have it. */
  currency: currency.optional(),
});
export type OrderLine = z.infer<typeof orderLine>;
export const timelineEntry = z.object({
  at: instant,
  step: z.string(),
  outcome: timelineOutcome,
  detail: z.string().nullable(),
  traceId: z.string().nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const order = z.object({
  id,
  number: z.string(),
  customerId: id,
  status: orderStatus,
  placedAt: instant,
  lines: z.array(orderLine),
  totalMinor: amountMinor,
  currency,
  shippingAddress: address,
  /** Why it was rejected, with the failure's own details. */
  rejection: failureSchema.nullable(),
});
export type Order = z.infer<typeof order>;

const issue = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof issue>;

/** Durable before it answers; then waits for the outcome as long as ORDER_WAIT_MS and the caller's deadline allow. */
export const PlaceOrder = request(
  'orders.place-order',
  z.object({
    customerId: id,
    idempotencyKey: z.string().min(1).max(255),
    lines: z.array(line).min(1).max(50),
    paymentMethod: z.string().min(1).max(255),
    shippingAddress: address,
  }),
  z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('placed'), order }),
    z.object({ outcome: z.literal('invalid'), issues: z.array(issue) }),
    z.object({ outcome: z.literal('conflict') }),
  ]),
);
export type PlaceOrderReply = z.infer<typeof PlaceOrder.reply>;

/** Orders by id, only the customer's own; the others are left out. */
export const GetOrders = request(
  'orders.get-orders',
  z.object({ customerId: id, ids: z.array(id).max(500) }),
  z.object({ orders: z.array(order) }),
);
/** The present state of any customer's orders; unknown ones are left out. For services that act on news which may be old. */
export const GetOrderStatuses = request(
  'orders.get-order-statuses',
  z.object({ ids: z.array(id).max(500) }),
  z.object({ orders: z.array(z.object({ id, status: orderStatus })) }),
);
/** Newest first. `after`: id of the last order of the page before. */
export const ListOrders = request(
  'orders.list-orders',
  z.object({
    customerId: id,
    first: z.int().min(1).max(100),
    after: id.optional(),
    statuses: z.array(orderStatus).optional(),
  }),
  z.object({ orders: z.array(order), hasNextPage: z.boolean() }),
);
/** What happened to the customer's own orders, oldest first. */
export const GetTimelines = request(
  'orders.get-timelines',
  z.object({ customerId: id, orderIds: z.array(id).max(500) }),
  z.object({ timelines: z.array(z.object({ orderId: id, entries: z.array(timelineEntry) })) }),
);
export const CancelOrder = request(
  'orders.cancel-order',
  z.object({ customerId: id, id }),
  z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('accepted'), order }),
    z.object({ outcome: z.literal('not-cancellable'), order }),
    z.object({ outcome: z.literal('not-found') }),
  ]),
);

const orderFact = z.object({
  orderId: id,
  number: z.string(),
  customerId: id,
  lines: z.array(orderLine),
  totalMinor: amountMinor,
  currency,
});
export type OrderFact = z.infer<typeof orderFact>;
/** The customer has his answer when these are said; stock and mails follow. */
const afterwards = { unhurried: true };
export const OrderConfirmed = event('order.confirmed', orderFact, afterwards);
export const OrderRejected = event('order.rejected', orderFact.extend({ reason: failureSchema }), afterwards);
export const OrderCancelled = event('order.cancelled', orderFact, afterwards);
