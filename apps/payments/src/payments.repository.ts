import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { KEEP_DUE, Payment, STUCK_AFTER } from './payment.ts';

const COLUMNS = `p.order_id AS "orderId", p.status, p.operation, p.begun_by AS "begunBy",
  p.amount_minor::float8 AS "amountMinor", p.refunded_minor::float8 AS "refundedMinor", p.currency, p.method,
  p.intent_id AS "intentId", p.decline_code AS "declineCode", p.attempts, p.trouble, p.spent_keys AS "spentKeys",
  p.waiting, p.version, extract(epoch FROM now() - p.created_at)::float8 * 1000 AS "ageMs"`;

const hydrate = (row: object): Payment => Object.assign(new Payment(), row);
const byOrder = (rows: Payment[]) => new Map(rows.map((payment) => [payment.orderId, payment]));

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

  /** Adds the payments whose orders have none yet, due after `dueInMs`; answers with the orders that were added. */
  async insert(payments: Payment[], dueInMs: number | null, tx?: Tx): Promise<Set<string>> {
    const rows = await (tx ?? this.uow).query<{ order_id: string }>(
      `INSERT INTO payments (order_id, status, operation, begun_by, amount_minor, currency, method, due_at)
       SELECT n.*, now() + $8 * interval '1 millisecond'
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[]) AS n
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
        dueInMs,
      ],
    );
    return new Set(rows.map((row) => row.order_id));
  }

  /** Writes back rows that this transaction has locked. */
  save(tx: Tx, payments: Payment[]): void {
    if (payments.length === 0) return;
    tx.execute(
      `UPDATE payments p SET status = n.status, operation = n.operation, begun_by = n."begunBy",
         refunded_minor = n."refundedMinor", intent_id = n."intentId", decline_code = n."declineCode",
         attempts = n.attempts, trouble = n.trouble, spent_keys = n."spentKeys", waiting = n.waiting,
         version = n.version, updated_at = now(),
         due_at = CASE WHEN n."dueInMs" = ${KEEP_DUE} THEN p.due_at
                       ELSE now() + n."dueInMs" * interval '1 millisecond' END
       FROM json_to_recordset($1::json) AS n("orderId" uuid, status text, operation text, "begunBy" uuid,
         "refundedMinor" bigint, "intentId" text, "declineCode" text, attempts int, trouble text, "spentKeys" int,
         waiting jsonb, version int, "dueInMs" int)
       WHERE p.order_id = n."orderId"`,
      [JSON.stringify(payments)],
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

  /** How many payments are unknown, for how many seconds the oldest has been so, and how many fail again and again. */
  async troubled(): Promise<{ unknown: number; oldest: number; stuck: number }> {
    const [row] = await this.uow.query<{ unknown: number; oldest: number; stuck: number }>(
      `SELECT (count(*) FILTER (WHERE status = 'UNKNOWN'))::int AS unknown,
         coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'UNKNOWN')), 0)::float8 AS oldest,
         (count(*) FILTER (WHERE greatest(attempts, spent_keys) >= $1))::int AS stuck
       FROM payments WHERE due_at IS NOT NULL`,
      [STUCK_AFTER],
    );
    return row ?? { unknown: 0, oldest: 0, stuck: 0 };
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

  /** Forgets notices that are too old to come again. */
  async forget(): Promise<void> {
    await this.db.query(`DELETE FROM webhook_events WHERE received_at < now() - interval '30 days'`);
  }
}
