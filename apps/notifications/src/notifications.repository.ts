import { Injectable } from '@nestjs/common';
import type { Message } from '@caravan/messaging';
import type { Tx } from '@caravan/outbox';
import { DataSource } from 'typeorm';
import { Notification, type NotificationKind, type OrderNews, type Outcome } from './notification.ts';

interface Row {
  order_id: string;
  kind: NotificationKind;
  news: OrderNews;
  attempts: number;
  traceparent: string;
}

@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: DataSource) {}

  add(tx: Tx, kind: NotificationKind, messages: Message<OrderNews>[]): void {
    tx.execute(
      `INSERT INTO notification (order_id, kind, news, traceparent)
       SELECT order_id, $1, news, traceparent
       FROM unnest($2::uuid[], $3::json[], $4::text[]) AS new (order_id, news, traceparent)
       ORDER BY order_id
       ON CONFLICT (order_id, kind) DO NOTHING`,
      [
        kind,
        messages.map((message) => message.data.orderId),
        messages.map((message) => JSON.stringify(message.data)),
        messages.map((message) => message.traceparent),
      ],
    );
  }

  /**
   * Takes up to `limit` notifications that are due, so that nobody else sends them for `leaseMs`. Should this process
   * die, they are due again then. Time is the database's; what another replica is taking is left to it.
   */
  async claim(limit: number, leaseMs: number): Promise<Notification[]> {
    const [rows] = await this.database.query<[Row[], number]>(
      `WITH due AS MATERIALIZED (
         SELECT order_id, kind FROM notification
         WHERE state = 'PENDING' AND due_at <= now()
         ORDER BY due_at LIMIT $1
         FOR UPDATE SKIP LOCKED
       )
       UPDATE notification n SET attempts = n.attempts + 1, due_at = now() + $2 * interval '1 millisecond'
       FROM due WHERE n.order_id = due.order_id AND n.kind = due.kind
       RETURNING n.order_id, n.kind, n.news, n.attempts, n.traceparent`,
      [limit, leaseMs],
    );
    return rows.map(
      (row) => new Notification(row.order_id, row.kind, row.news, row.attempts, row.traceparent),
    );
  }

  /** Nobody else gets them for another `leaseMs`; those that somebody else has by now are his. */
  async hold(claimed: readonly Notification[], leaseMs: number): Promise<void> {
    await this.database.query(
      `UPDATE notification n SET due_at = now() + $4 * interval '1 millisecond'
       FROM unnest($1::uuid[], $2::text[], $3::int[]) AS mine (order_id, kind, attempts)
       WHERE n.order_id = mine.order_id AND n.kind = mine.kind AND n.attempts = mine.attempts AND n.state = 'PENDING'`,
      [
        claimed.map(({ orderId }) => orderId),
        claimed.map(({ kind }) => kind),
        claimed.map(({ attempt }) => attempt),
        leaseMs,
      ],
    );
  }

  /** Writes down what became of them, unless the lease ran out and somebody else has them now. */
  async settle(settled: readonly { notification: Notification; outcome: Outcome }[]): Promise<void> {
    const outcomes = settled.map(({ outcome }) => outcome);
    await this.database.query(
      `UPDATE notification n SET
         state = new.state,
         reason = new.reason,
         due_at = now() + new.again_in * interval '1 millisecond',
         settled_at = CASE WHEN new.state <> 'PENDING' THEN now() END
       FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::int[])
         AS new (order_id, kind, attempts, state, reason, again_in)
       WHERE n.order_id = new.order_id AND n.kind = new.kind AND n.attempts = new.attempts AND n.state = 'PENDING'`,
      [
        settled.map(({ notification }) => notification.orderId),
        settled.map(({ notification }) => notification.kind),
        settled.map(({ notification }) => notification.attempt),
        outcomes.map((outcome) => outcome.state),
        outcomes.map((outcome) =>
          'reason' in outcome ? outcome.reason.replaceAll('\0', '').slice(0, 1000) : null,
        ),
        outcomes.map((outcome) => (outcome.state === 'PENDING' ? outcome.againInMs : 0)),
      ],
    );
  }
}
