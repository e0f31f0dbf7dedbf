import { Injectable } from '@nestjs/common';
import type { Message } from '@caravan/messaging';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { storable, storableJson } from '@caravan/platform';
import { madeAt } from './message-time.ts';
import { Notification, type NotificationKind, type OrderNews, type Outcome } from './notification.ts';

interface Row {
  order_id: string;
  kind: NotificationKind;
  news: OrderNews;
  attempts: number;
  traceparent: string;
  superseded: boolean;
  late: boolean;
  undeliverable: boolean;
}

export interface Settled {
  readonly order_id: string;
  readonly kind: NotificationKind;
}

const ADD = `
  INSERT INTO notification (order_id, kind, news, traceparent, said_at)
  SELECT order_id, $1, news, traceparent, said_at
  FROM unnest($2::uuid[], $3::json[], $4::text[], $5::timestamptz[]) AS new (order_id, news, traceparent, said_at)
  ORDER BY order_id
  ON CONFLICT (order_id, kind) DO NOTHING`;
/**
 * Rows that are looked up by key say `state || ''`: with `state` alone the planner may look them up in `notification_due`, whose plan is
 * made while the table is young and reads every waiting row once the queue is long.
 *
 * An order is confirmed before anything else becomes of it: once there is other news, the confirmation is not sent any more. While the
 * confirmation is on its way to the relay, the other news waits, so that the mails leave in the order of what they tell.
 */
const CLAIM = `
  WITH due AS MATERIALIZED (
    SELECT order_id, kind FROM notification n
    WHERE state = 'PENDING' AND due_at <= now() AND NOT EXISTS (
      SELECT FROM notification other
      WHERE other.order_id = n.order_id AND other.kind <> n.kind AND other.state || '' = 'PENDING' AND other.sending_until > now())
    ORDER BY due_at LIMIT $1
    FOR UPDATE SKIP LOCKED
  ), ruled AS (
    SELECT order_id, kind, kind = 'CONFIRMED' AND EXISTS (
      SELECT FROM notification other WHERE other.order_id = due.order_id AND other.kind <> 'CONFIRMED') AS superseded
    FROM due
  )
  UPDATE notification n SET
    state = CASE WHEN superseded THEN 'SUPERSEDED' ELSE 'PENDING' END,
    reason = CASE WHEN superseded THEN 'newer news of the order was there' ELSE n.reason END,
    settled_at = CASE WHEN superseded THEN now() END,
    attempts = n.attempts + CASE WHEN superseded THEN 0 ELSE 1 END,
    due_at = now() + $2 * interval '1 millisecond',
    sending_until = CASE WHEN NOT superseded THEN now() + $2 * interval '1 millisecond' END
  FROM ruled WHERE n.order_id = ruled.order_id AND n.kind = ruled.kind
  RETURNING n.order_id, n.kind, n.news, n.attempts, n.traceparent, superseded,
    coalesce(n.said_at, n.recorded_at) < now() - $3 * interval '1 millisecond' AS late,
    n.undeliverable_since IS NOT NULL AS undeliverable`;
/** Else the planner, which knows little of a young table, may sort everything that waits to take the first few. */
const IN_ORDER = ['SET LOCAL enable_bitmapscan = off', 'SET LOCAL enable_sort = off'];
const HOLD = `
  UPDATE notification n SET due_at = now() + $4 * interval '1 millisecond', sending_until = now() + $4 * interval '1 millisecond'
  FROM unnest($1::uuid[], $2::text[], $3::int[]) AS mine (order_id, kind, attempts)
  WHERE n.order_id = mine.order_id AND n.kind = mine.kind AND n.attempts = mine.attempts AND n.state || '' = 'PENDING'`;
const SETTLE = `
  UPDATE notification n SET
    state = new.state,
    reason = new.reason,
    due_at = now() + new.again_in * interval '1 millisecond',
    sending_until = NULL,
    settled_at = CASE WHEN new.state <> 'PENDING' THEN now() END,
    undeliverable_since = CASE WHEN new.state = 'FAILED' THEN now() ELSE n.undeliverable_since END
  FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::int[])
    AS new (order_id, kind, attempts, state, reason, again_in)
  WHERE n.order_id = new.order_id AND n.kind = new.kind AND n.attempts = new.attempts AND n.state || '' = 'PENDING'
  RETURNING n.order_id, n.kind`;

/** News that is this old may not be true any more: a customer can cancel an order meanwhile. */
const LATE_MS = 30_000;

@Injectable()
export class NotificationsRepository {
  constructor(private readonly work: UnitOfWork) {}

  add(tx: Tx, kind: NotificationKind, messages: Message<OrderNews>[]): void {
    tx.execute(ADD, [
      kind,
      messages.map((message) => message.data.orderId),
      messages.map((message) => storableJson(message.data)),
      messages.map((message) => message.traceparent),
      messages.map((message) => madeAt(message.id)),
    ]);
  }

  /**
   * Takes up to `limit` notifications that are due, so that no other replica sends them for `leaseMs`. Should this process
   * die, they are due again then. Time is the database's. Those that newer news makes untrue are settled on the spot.
   */
  async claim(
    limit: number,
    leaseMs: number,
  ): Promise<{ claimed: Notification[]; superseded: Notification[] }> {
    const rows = await this.work.run((tx) => {
      for (const setting of IN_ORDER) tx.execute(setting);
      return tx.query<Row>(CLAIM, [limit, leaseMs, LATE_MS]);
    });
    const of = (superseded: boolean) =>
      rows
        .filter((row) => row.superseded === superseded)
        .map((r) => new Notification(r.order_id, r.kind, r.news, r.attempts, r.traceparent, r));
    return { claimed: of(false), superseded: of(true) };
  }

  /** Nobody else gets them for another `leaseMs`; those that somebody else has by now are his. */
  async hold(claimed: readonly Notification[], leaseMs: number): Promise<void> {
    await this.work.query(HOLD, [
      claimed.map(({ orderId }) => orderId),
      claimed.map(({ kind }) => kind),
      claimed.map(({ attempt }) => attempt),
      leaseMs,
    ]);
  }

  /** Writes down what became of them. @returns those that it was written of: not those whose lease ran out and that were claimed again */
  settle(
    on: Pick<Tx, 'query'>,
    settled: readonly { notification: Notification; outcome: Outcome }[],
  ): Promise<Settled[]> {
    const outcomes = settled.map(({ outcome }) => outcome);
    return on.query(SETTLE, [
      settled.map(({ notification }) => notification.orderId),
      settled.map(({ notification }) => notification.kind),
      settled.map(({ notification }) => notification.attempt),
      outcomes.map((outcome) => outcome.state),
      outcomes.map((outcome) => ('reason' in outcome ? storable(outcome.reason, 1_000) : null)),
      outcomes.map((outcome) => (outcome.state === 'PENDING' ? outcome.againInMs : 0)),
    ]);
  }
}
