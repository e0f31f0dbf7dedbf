import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { FailureData, OrderStatus, TimelineEntry } from '@caravan/contracts';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { storableJson } from '@caravan/platform';
import { Order, type UndeliverableMail } from './order.ts';
import { type OrderRow, toOrder } from './order.mapping.ts';
import { isOrderNumber, serialOf } from './order-number.ts';

/** Named one by one: `*` in a prepared statement fails as soon as a migration has added a column. */
const COLUMNS = [
  'id',
  'serial',
  'customer_id',
  'idempotency_key',
  'fingerprint',
  'status',
  'placed_at',
  'lines',
  'total_minor',
  'currency',
  'payment_method',
  'shipping_address',
  'rejection',
  'cancel_requested',
  'traceparent',
  'undeliverable',
]
  .map((column) => `orders.${column}`)
  .join();

const INSERT = `
  INSERT INTO orders (id, customer_id, idempotency_key, fingerprint, status, lines, total_minor, currency, payment_method, shipping_address, traceparent)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bigint[], $8::text[], $9::text[], $10::jsonb[], $11::text[])
  ORDER BY 2, 3
  ON CONFLICT (customer_id, idempotency_key) DO NOTHING
  RETURNING id, serial, placed_at`;
const BY_KEYS = `
  SELECT ${COLUMNS} FROM orders JOIN unnest($1::uuid[], $2::text[]) AS key (customer_id, idempotency_key) USING (customer_id, idempotency_key)`;
const BY_IDS = `SELECT ${COLUMNS} FROM orders WHERE id = ANY($1::uuid[])`;
const FORGET_KEYS = `
  UPDATE orders SET idempotency_key = NULL WHERE id IN (
    SELECT id FROM orders WHERE idempotency_key IS NOT NULL AND placed_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING id`;
const MOVE = `
  UPDATE orders SET status = $2, rejection = new.rejection
  FROM unnest($1::uuid[], $3::jsonb[]) AS new (id, rejection)
  WHERE orders.id = new.id AND orders.status = ANY($4::text[])
  RETURNING ${COLUMNS}`;
const CHANGED = `
  SELECT ${COLUMNS} FROM orders JOIN unnest($1::uuid[], $2::text[]) AS seen (id, status) USING (id) WHERE orders.status <> seen.status`;
const LOCK = `SELECT ${COLUMNS} FROM orders WHERE id = $1 FOR UPDATE`;
const BY_SERIAL = `SELECT ${COLUMNS} FROM orders WHERE serial = $1`;
const REQUEST_CANCEL = `UPDATE orders SET cancel_requested = true WHERE id = $1`;
/** One entry a kind of mail; null again when none is left. */
const MARK_MAIL = `
  UPDATE orders SET undeliverable = NULLIF(
    COALESCE((SELECT jsonb_agg(mail) FROM jsonb_array_elements(undeliverable) AS mail WHERE mail ->> 'kind' <> $2), '[]') || $3::jsonb, '[]')
  WHERE id = $1`;
const STATUSES = `SELECT id, status FROM orders WHERE id = ANY($1::uuid[])`;
const CANCEL_REQUESTED = `SELECT ${COLUMNS} FROM orders WHERE id = ANY($1::uuid[]) AND cancel_requested AND status IN ('CONFIRMED', 'NEEDS_ATTENTION')`;
/** Disputes and partial refunds call for no attention; the newest other change of the money is why. */
const NEEDING_ATTENTION = `
  SELECT orders.id, COALESCE(change.at, orders.placed_at) AS since, change.reason
  FROM orders LEFT JOIN LATERAL (
    SELECT at, outcome || ': ' || detail AS reason FROM saga_transition
    WHERE saga_id = orders.id AND type = 'payment'
    ORDER BY outcome LIKE 'dispute%' OR outcome = 'partly refunded', id DESC LIMIT 1) change ON true
  WHERE orders.status = 'NEEDS_ATTENTION' AND orders.placed_at >= $1
    AND NOT EXISTS (SELECT 1 FROM saga WHERE saga.id = orders.id AND saga.due_at IS NOT NULL AND saga.stuck)
  ORDER BY since DESC LIMIT $2`;
const REFUND_FAILED = `
  SELECT DISTINCT failed.saga_id AS id FROM saga_transition failed
  WHERE failed.saga_id = ANY($1::uuid[]) AND failed.type = 'payment' AND failed.outcome = 'refund failed' AND failed.at > (
    SELECT max(at) FROM saga_timeline started
    WHERE started.saga_id = failed.saga_id AND started.type = 'cancellation' AND started.outcome = 'started')`;
// `serial > 0` says which index: see orders-newest-first.migration.ts.
const PAGE = `
  SELECT ${COLUMNS} FROM orders
  WHERE customer_id = $1 AND serial > 0
    AND serial < COALESCE((SELECT serial FROM orders WHERE id = $2 AND customer_id = $1), CASE WHEN $2::uuid IS NULL THEN ${2n ** 63n - 1n} ELSE 0 END)
    AND ($3::text[] IS NULL OR status = ANY($3))
  ORDER BY serial DESC LIMIT $4`;
/** Of each order's timeline the newest entries, in order: it grows with every attempt, and many orders are asked for at once. */
const MOST_ENTRIES = 200;
const TIMELINES = `
  SELECT o.id AS "orderId", t.at, t.step, t.outcome, t.detail, substr(o.traceparent, 4, 32) AS "traceId"
  FROM orders o CROSS JOIN LATERAL (
    SELECT * FROM saga_timeline WHERE saga_id = o.id ORDER BY at DESC, entry_no DESC, line_no DESC LIMIT ${MOST_ENTRIES}) t
  WHERE o.id = ANY($1::uuid[]) AND o.customer_id = $2 ORDER BY o.id, t.at, t.entry_no, t.line_no`;

export interface Page {
  readonly customerId: string;
  readonly first: number;
  readonly after?: string;
  readonly statuses?: readonly OrderStatus[];
}

export type TimelineRow = Omit<TimelineEntry, 'at'> & { orderId: string; at: Date };

/** The orders' table. Writes are set-based; the aggregate decides before, the database guards. */
@Injectable()
export class OrdersRepository {
  constructor(private readonly work: UnitOfWork) {}

  /** @returns those that were new under their customer's key, now with what the database gives them */
  async insert(tx: Tx, orders: readonly Order[]): Promise<Order[]> {
    if (orders.length === 0) return [];
    const rows = await tx.query<Pick<OrderRow, 'id' | 'serial' | 'placed_at'>>(INSERT, [
      orders.map((order) => order.id),
      orders.map((order) => order.customerId),
      orders.map((order) => order.idempotencyKey),
      orders.map((order) => order.fingerprint),
      orders.map((order) => order.status),
      orders.map((order) => storableJson(order.lines)),
      orders.map((order) => order.totalMinor),
      orders.map((order) => order.currency),
      orders.map((order) => order.paymentMethod),
      orders.map((order) => storableJson(order.shippingAddress)),
      orders.map((order) => order.traceparent),
    ]);
    const accepted = new Map(orders.map((order) => [order.id, order]));
    return rows.map(({ id, serial, placed_at: placedAt }) =>
      Object.assign(accepted.get(id)!, { serial: Number(serial), placedAt }),
    );
  }

  async findByKeys(
    keys: readonly { customerId: string; idempotencyKey: string | null }[],
    tx?: Tx,
  ): Promise<Order[]> {
    const columns = [keys.map((key) => key.customerId), keys.map((key) => key.idempotencyKey)];
    return (await (tx ?? this.work).query<OrderRow>(BY_KEYS, columns)).map(toOrder);
  }

  async findIn(tx: Tx, ids: readonly string[]): Promise<Order[]> {
    return (await tx.query<OrderRow>(BY_IDS, [ids])).map(toOrder);
  }

  /** Forgets keys that are older than `age`, some at a time. @returns how many */
  async forgetKeys(age: string, limit: number): Promise<number> {
    return (await this.work.query(FORGET_KEYS, [age, limit])).length;
  }

  /** Moves orders that are in one of `from`. @returns those that were moved, as they are now */
  async move(
    tx: Tx,
    moves: readonly { id: string; rejection?: FailureData | null }[],
    to: OrderStatus,
    from: readonly OrderStatus[],
  ): Promise<Order[]> {
    if (moves.length === 0) return [];
    const rejections = moves.map(({ rejection }) => (rejection ? storableJson(rejection) : null));
    return (await tx.query<OrderRow>(MOVE, [moves.map((move) => move.id), to, rejections, from])).map(
      toOrder,
    );
  }

  async lock(tx: Tx, id: string): Promise<Order | undefined> {
    return (await tx.query<OrderRow>(LOCK, [id])).map(toOrder)[0];
  }

  requestCancel(tx: Tx, id: string): void {
    tx.execute(REQUEST_CANCEL, [id]);
  }

  /** Notes that a mail of this kind cannot be delivered, or no longer. */
  markMail(tx: Tx, orderId: string, kind: string, undeliverable: UndeliverableMail | null): void {
    tx.execute(MARK_MAIL, [orderId, kind, storableJson(undeliverable ? [undeliverable] : [])]);
  }

  statuses(ids: readonly string[]): Promise<Pick<Order, 'id' | 'status'>[]> {
    return this.work.query(STATUSES, [ids]);
  }

  async withCancelRequested(tx: Tx, ids: readonly string[]): Promise<Order[]> {
    return (await tx.query<OrderRow>(CANCEL_REQUESTED, [ids])).map(toOrder);
  }

  /** Orders that are NEEDS_ATTENTION without a stuck saga, newest first. @param since when they were placed at the earliest */
  needingAttention(
    since: Date,
    limit: number,
  ): Promise<{ id: string; since: Date; reason: string | null }[]> {
    return this.work.query(NEEDING_ATTENTION, [since, limit]);
  }

  /** @returns those whose refund failed for good since their cancellation began */
  withFailedRefund(tx: Tx, ids: readonly string[]): Promise<{ id: string }[]> {
    return tx.query(REFUND_FAILED, [ids]);
  }

  /** @returns those whose status is another than when they were seen */
  async findChanged(seen: readonly Pick<Order, 'id' | 'status'>[]): Promise<Order[]> {
    const columns = [seen.map(({ id }) => id), seen.map(({ status }) => status)];
    return (await this.work.query<OrderRow>(CHANGED, columns)).map(toOrder);
  }

  find(ids: readonly string[], customerId?: string): Promise<Order[]> {
    return this.work.reading((manager) =>
      manager.findBy(Order, { id: In(ids), ...(customerId && { customerId }) }),
    );
  }

  /** By its id, or by its number as somebody read it out. */
  async findByReference(reference: string): Promise<Order | undefined> {
    if (!isOrderNumber(reference)) return (await this.find([reference]))[0];
    return (await this.work.query<OrderRow>(BY_SERIAL, [serialOf(reference)])).map(toOrder)[0];
  }

  /**
   * Newest first by serial, one more than asked for when there is a next page. A page begins below the customer's order `after`,
   * and is empty when there is no such order. Orders that were there when the first page was read are each on one page. One that
   * is placed meanwhile has a higher serial than any before, and is on no later page; but of two transactions that run at the same
   * time, the one with the lower serial may commit last and stand behind a cursor: the next reading from the start shows it.
   */
  async findPage({ customerId, first, after, statuses }: Page): Promise<Order[]> {
    const rows = await this.work.query<OrderRow>(PAGE, [
      customerId,
      after ?? null,
      statuses ?? null,
      first + 1,
    ]);
    return rows.map(toOrder);
  }

  timelines(orderIds: readonly string[], customerId: string): Promise<TimelineRow[]> {
    return this.work.query(TIMELINES, [orderIds, customerId]);
  }
}
