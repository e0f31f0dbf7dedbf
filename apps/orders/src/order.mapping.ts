import { EntitySchema } from 'typeorm';
import type { Address, FailureData, OrderStatus, Whole } from '@caravan/contracts';
import { Order, type Stored, type UndeliverableMail } from './order.ts';
import type { OrderLine } from './order-line.ts';

/** bigint comes from the driver as a string; our amounts fit into a double by the contract's bound. */
const integer = { from: Number, to: (value: number) => value };

export const orderMapping = new EntitySchema<Order>({
  name: 'Order',
  target: Order,
  tableName: 'orders',
  columns: {
    id: { type: 'uuid', primary: true },
    serial: { type: 'bigint', generated: 'increment', transformer: integer },
    customerId: { type: 'uuid', name: 'customer_id' },
    idempotencyKey: { type: 'text', name: 'idempotency_key', nullable: true },
    fingerprint: { type: 'text' },
    status: { type: 'text' },
    placedAt: { type: 'timestamptz', name: 'placed_at' },
    lines: { type: 'jsonb' },
    totalMinor: { type: 'bigint', name: 'total_minor', transformer: integer },
    currency: { type: 'char', length: 3 },
    paymentMethod: { type: 'text', name: 'payment_method' },
    shippingAddress: { type: 'jsonb', name: 'shipping_address' },
    rejection: { type: 'jsonb', nullable: true },
    cancelRequested: { type: 'boolean', name: 'cancel_requested' },
    traceparent: { type: 'text' },
    undeliverable: { type: 'jsonb', nullable: true },
  },
});

/** A row as the set-based statements return it. */
export interface OrderRow {
  id: string;
  serial: string;
  customer_id: string;
  idempotency_key: string | null;
  fingerprint: string;
  status: OrderStatus;
  placed_at: Date;
  lines: OrderLine[];
  total_minor: string;
  currency: string;
  payment_method: string;
  shipping_address: Address;
  rejection: FailureData | null;
  cancel_requested: boolean;
  traceparent: string;
  undeliverable: UndeliverableMail[] | null;
}

export function toOrder(row: OrderRow): Order {
  const stored: Whole<Stored> = {
    id: row.id,
    serial: Number(row.serial),
    customerId: row.customer_id,
    idempotencyKey: row.idempotency_key,
    fingerprint: row.fingerprint,
    status: row.status,
    placedAt: row.placed_at,
    lines: row.lines,
    totalMinor: Number(row.total_minor),
    currency: row.currency,
    paymentMethod: row.payment_method,
    shippingAddress: row.shipping_address,
    rejection: row.rejection,
    cancelRequested: row.cancel_requested,
    traceparent: row.traceparent,
    undeliverable: row.undeliverable,
  };
  return Object.assign(new Order(), stored);
}
