import { Injectable } from '@nestjs/common';
import type { FailureData, Line } from '@caravan/contracts';
import type { Tx } from '@caravan/outbox';
import { storableJson } from '@caravan/platform';
import { Reservation, type ReservationState } from './reservation.ts';
import { Shelf, Stock } from './stock.ts';

interface ReservationRow {
  order_id: string;
  state: ReservationState;
  lines: Line[];
  refusal: FailureData | null;
}

interface StockRow {
  sku: string;
  on_hand: number;
  reserved: number;
  sold: number;
  received: number;
}

const NOTHING: ReadonlyMap<string, Reservation> = new Map();

const byOrder = (rows: readonly ReservationRow[]): ReadonlyMap<string, Reservation> =>
  new Map(
    rows.map((row) => [row.order_id, new Reservation(row.order_id, row.state, row.lines, row.refusal)]),
  );

/** Stock and reservations, a batch at a time: one statement each, rows locked in one order. */
@Injectable()
export class StocksRepository {
  /**
   * Writes the reservations of orders that have none yet, and locks those of the others. Who makes the same order's reservation at the
   * same time waits here for the other, so that only one of them has made it.
   * @returns the reservations of the others, by order
   */
  async add(tx: Tx, reservations: Reservation[]): Promise<ReadonlyMap<string, Reservation>> {
    if (reservations.length === 0) return NOTHING;
    // Of a row that this statement has made, xmax is 0; of one that was there it tells who has it locked, and that is us.
    const rows = await tx.query<ReservationRow & { created: boolean }>(
      `INSERT INTO reservation (order_id, state, lines)
       SELECT order_id, state, lines FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) AS new (order_id, state, lines)
       ORDER BY order_id
       ON CONFLICT (order_id) DO UPDATE SET state = reservation.state
       RETURNING order_id, state, lines, refusal, xmax = 0 AS created`,
      [
        reservations.map((reservation) => reservation.orderId),
        reservations.map((reservation) => reservation.state),
        reservations.map((reservation) => storableJson(reservation.lines)),
      ],
    );
    return byOrder(rows.filter(({ created }) => !created));
  }

  /** The reservations of these orders, by order; the others are left out. */
  async lockReservations(tx: Tx, orderIds: string[]): Promise<ReadonlyMap<string, Reservation>> {
    if (orderIds.length === 0) return NOTHING;
    const rows = await tx.query<ReservationRow>(
      `SELECT order_id, state, lines, refusal FROM reservation
       WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id FOR UPDATE`,
      [orderIds],
    );
    return byOrder(rows);
  }

  /** The stock of everything that these reservations are about. */
  async lockShelf(tx: Tx, reservations: Reservation[]): Promise<Shelf> {
    const skus = new Set(reservations.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
    if (skus.size === 0) return new Shelf([]);
    return new Shelf(await this.lock(tx, [...skus]));
  }

  /** Writes back what was decided: the changed stock, and the state of `reservations`. */
  save(tx: Tx, shelf: Shelf, reservations: Reservation[]): void {
    const stocks = shelf.changed();
    if (stocks.length === 0 && reservations.length === 0) return;
    tx.execute(
      `WITH settled AS (
         UPDATE reservation SET state = new.state, refusal = new.refusal
         FROM unnest($5::uuid[], $6::text[], $7::jsonb[]) AS new (order_id, state, refusal)
         WHERE reservation.order_id = new.order_id
       )
       UPDATE stock SET on_hand = new.on_hand, reserved = new.reserved, sold = new.sold
       FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS new (sku, on_hand, reserved, sold)
       WHERE stock.sku = new.sku`,
      [
        stocks.map((stock) => stock.sku),
        stocks.map((stock) => stock.onHand),
        stocks.map((stock) => stock.reserved),
        stocks.map((stock) => stock.sold),
        reservations.map((reservation) => reservation.orderId),
        reservations.map((reservation) => reservation.state),
        reservations.map(({ refusal }) => (refusal === null ? null : storableJson(refusal))),
      ],
    );
  }

  async lockOne(tx: Tx, sku: string): Promise<Stock | undefined> {
    return (await this.lock(tx, [sku]))[0];
  }

  saveReceived(tx: Tx, { sku, onHand, received }: Stock): void {
    tx.execute(`UPDATE stock SET on_hand = $2, received = $3 WHERE sku = $1`, [sku, onHand, received]);
  }

  /**
   * Orders whose reservation has been held for longer than `afterMs` and was not spoken of for `againMs`; marked as
   * spoken of now. Time is the database's, and what another replica is looking at is left to it.
   */
  async markOverdue(tx: Tx, afterMs: number, againMs: number, limit: number): Promise<string[]> {
    const rows = await tx.query<{ order_id: string }>(
      `WITH overdue AS MATERIALIZED (
         SELECT order_id FROM reservation
         WHERE state = 'HELD'
           AND reserved_at < now() - $1 * interval '1 millisecond'
           AND (overdue_said_at IS NULL OR overdue_said_at < now() - $2 * interval '1 millisecond')
         ORDER BY reserved_at LIMIT $3
         FOR UPDATE SKIP LOCKED
       )
       UPDATE reservation SET overdue_said_at = now() FROM overdue
       WHERE reservation.order_id = overdue.order_id
       RETURNING reservation.order_id`,
      [afterMs, againMs, limit],
    );
    return rows.map((row) => row.order_id);
  }

  private async lock(tx: Tx, skus: string[]): Promise<Stock[]> {
    const rows = await tx.query<StockRow>(
      `SELECT sku, on_hand, reserved, sold, received FROM stock
       WHERE sku = ANY ($1::text[]) ORDER BY sku FOR UPDATE`,
      [skus],
    );
    return rows.map((row) => new Stock(row.sku, row.on_hand, row.reserved, row.sold, row.received));
  }
}
