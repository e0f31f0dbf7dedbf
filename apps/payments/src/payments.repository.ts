import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { storableJson } from '@caravan/platform';
import { Payment, STUCK_AFTER } from './payment.ts';
import { KEEP_DUE } from './payment-state.ts';
import { rowOf } from './payments.mapping.ts';

const COLUMNS = `p.order_id AS "orderId", p.status, p.operation, p.begun_by AS "begunBy",
  p.amount_minor::float8 AS "amountMinor", p.refunded_minor::float8 AS "refundedMinor", p.currency, p.method,
  p.intent_id AS "intentId", p.refund_id AS "refundId", p.failed_refunds AS "failedRefunds", p.decline_code AS "declineCode",
  p.dispute, p.outside, p.renewals, p.attempts, p.trouble, p.spent_keys AS "spentKeys", p.waiting, p.early, p.version,
  floor(extract(epoch FROM now() - coalesce(p.operation_at, p.created_at)) * 1000)::float8 AS "operationAgeMs"`;

const hydrate = (row: object): Payment => Object.assign(new Payment(), row);
const byOrder = (rows: Payment[]) => new Map(rows.map((payment) => [payment.orderId, payment]));

export type Troubled = Record<'unknown' | 'oldest' | 'stuck' | 'disputed', number>;
const FORGET = 5000;

/** All statements are set-based: one per batch, whatever its size. Times are the database's. */
@Injectable()
export class PaymentsRepository {
  constructor(
    private readonly db: DataSource,
    private readonly uow: UnitOfWork,
  ) {}

  async find(orderIds: string[]): Promise<Map<string, Payment>> {
    const rows = await this.uow.query<object>(
      `SELECT ${COLUMNS} FROM payments p WHERE order_id = ANY($1::uuid[])`,
      [orderIds],
    );
    return byOrder(rows.map(hydrate));
  }

  /** Locks rows in one order, so that two batches never wait for each other crosswise. */
  async lock(tx: Tx, orderIds: string[]): Promise<Map<string, Payment>> {
    const rows = await tx.query<object>(
      `SELECT ${COLUMNS} FROM payments p WHERE order_id = ANY($1::uuid[]) ORDER BY order_id FOR UPDATE`,
      [orderIds],
    );
    return byOrder(rows.map(hydrate));
  }

  /**
   * Adds the payments whose orders have none yet; answers with the orders that were added. None is due: the command that opened a
   * payment comes again until it is recorded, and other commands that find it open make it due (`save`).
   */
  async insert(payments: Payment[], tx?: Tx): Promise<Set<string>> {
    const rows = await (tx ?? this.uow).query<{ order_id: string }>(
      `INSERT INTO payments (order_id, status, operation, begun_by, amount_minor, currency, method)
       SELECT n.* FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[])
         AS n (order_id, status, operation, begun_by, amount_minor, currency, method)
       ORDER BY 1
       ON CONFLICT (order_id) DO NOTHING RETURNING order_id`,
      [
        payments.map((p) => p.orderId),
        payments.map((p) => p.status),
        payments.map((p) => p.operation),
        payments.map((p) => p.begunBy),
        payments.map((p) => p.amountMinor),
        payments.map((p) => p.currency),
        payments.map((p) => p.method),
      ],
    );
    return new Set(rows.map((row) => row.order_id));
  }

  /** Writes back rows that this transaction has locked. Those that stay open and were not due are due in `leaseMs`. */
  save(tx: Tx, payments: Payment[], leaseMs: number): void {
    if (payments.length === 0) return;
    tx.execute(
      `UPDATE payments p SET status = n.status, operation = n.operation, begun_by = n."begunBy",
         refunded_minor = n."refundedMinor", intent_id = n."intentId", refund_id = n."refundId",
         failed_refunds = n."failedRefunds", decline_code = n."declineCode", dispute = n.dispute, outside = n.outside,
         renewals = n.renewals, attempts = n.attempts, trouble = n.trouble, spent_keys = n."spentKeys",
         waiting = n.waiting, early = n.early, version = n.version, updated_at = now(),
         operation_at = CASE WHEN n.reopened THEN now() ELSE p.operation_at END,
         due_at = CASE WHEN n."dueInMs" = ${KEEP_DUE} AND (p.due_at IS NOT NULL OR n.operation IS NULL) THEN p.due_at
                       WHEN n."dueInMs" = ${KEEP_DUE} THEN now() + $2 * interval '1 millisecond'
                       ELSE now() + n."dueInMs" * interval '1 millisecond' END
       FROM json_to_recordset($1::json) AS n("orderId" uuid, status text, operation text, "begunBy" uuid,
         "refundedMinor" bigint, "intentId" text, "refundId" text, "failedRefunds" jsonb, "declineCode" text,
         dispute jsonb, outside boolean, renewals int, attempts int, trouble text, "spentKeys" int, waiting jsonb,
         early jsonb, version int, reopened boolean, "dueInMs" int)
       WHERE p.order_id = n."orderId"`,
      [storableJson(payments.map(rowOf)), leaseMs],
    );
  }

  /** Puts a payment aside whose state cannot be written, so that it is tried again later and counted as stuck. */
  async putAside(orderId: string, inMs: number): Promise<void> {
    await this.uow.query(
      `UPDATE payments SET due_at = now() + $2 * interval '1 millisecond', attempts = greatest(attempts, $3),
         version = version + 1 WHERE order_id = $1 AND operation IS NOT NULL`,
      [orderId, inMs, STUCK_AFTER],
    );
  }

  /**
   * Takes up to `limit` payments that are due, for `leaseMs`; nobody else gets them meanwhile. The version moves on, so
   * whoever held them before can no longer write.
   */
  async claim(limit: number, leaseMs: number): Promise<Payment[]> {
    const [rows] = (await this.db.query(
      `UPDATE payments p SET due_at = now() + $2 * interval '1 millisecond', version = version + 1
       WHERE order_id IN (SELECT order_id FROM payments WHERE due_at <= now()
                          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [limit, leaseMs],
    )) as [object[], number];
    return rows.map(hydrate);
  }

  /** Until the next payment is due; infinite if none is. */
  async dueInMs(): Promise<number> {
    const [row] = (await this.db.query(
      `SELECT extract(epoch FROM min(due_at) - now())::float8 * 1000 AS ms FROM payments WHERE due_at IS NOT NULL`,
    )) as { ms: number | null }[];
    return row?.ms ?? Infinity;
  }

  /** How many payments are unknown, for how many seconds the oldest has been so, how many fail again and again, and how many disputes are open. */
  async troubled(): Promise<Troubled> {
    const [row] = await this.uow.query<Troubled>(
      `SELECT (count(*) FILTER (WHERE status = 'UNKNOWN'))::int AS unknown,
         coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'UNKNOWN')), 0)::float8 AS oldest,
         (count(*) FILTER (WHERE greatest(attempts, spent_keys) >= $1))::int AS stuck,
         (SELECT count(*) FROM payments WHERE dispute IS NOT NULL AND dispute->>'closedAt' IS NULL)::int AS disputed
       FROM payments WHERE due_at IS NOT NULL`,
      [STUCK_AFTER],
    );
    return row ?? { unknown: 0, oldest: 0, stuck: 0, disputed: 0 };
  }

  /** Remembers notices; answers with those that are new. */
  async remember(tx: Tx, eventIds: string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `INSERT INTO webhook_events (id) SELECT DISTINCT id FROM unnest($1::text[]) AS id ORDER BY id
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [eventIds],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Forgets notices that are too old to come again, some at a time. @returns whether there may be more */
  async forget(): Promise<boolean> {
    const [, count] = (await this.db.query(
      `DELETE FROM webhook_events WHERE id IN
         (SELECT id FROM webhook_events WHERE received_at < now() - interval '30 days' LIMIT ${FORGET})`,
    )) as [unknown, number];
    return count === FORGET;
  }
}
