import { randomUUID } from 'node:crypto';
import { type DataOf, type Line, type OrderConfirmed, ReserveStock } from '@caravan/contracts';
import { ENV, type RunningService, runService } from '@caravan/platform';
import { startTestService, type TestService } from '@caravan/testing';
import { type InventoryEnv, inventoryEnv } from '../src/inventory.env.ts';
import { InventoryModule } from '../src/inventory.module.ts';

/** The pieces of one sku as the table has them. */
export interface Pieces {
  on_hand: number;
  reserved: number;
  sold: number;
  received: number;
}

/** inventory under test, with the demo's products. */
export class Shop {
  private constructor(readonly inventory: TestService) {}

  static async open(): Promise<Shop> {
    return new Shop(await startTestService(InventoryModule, inventoryEnv, { DEMO_DATA: 'true' }));
  }

  close(): Promise<void> {
    return this.inventory.stop();
  }

  /** One more process of the same service, on the same queues and database. */
  replica(): Promise<RunningService> {
    const env = this.inventory.service.app.get<InventoryEnv>(ENV, { strict: false });
    const { RABBITMQ_URL, DATABASE_URL } = env;
    const source = { NODE_ENV: 'test', LOG_LEVEL: 'fatal', DEMO_DATA: 'true', RABBITMQ_URL, DATABASE_URL };
    return runService(InventoryModule, inventoryEnv, { source });
  }

  reserve(lines: Line[], orderId: string = randomUUID()): ReturnType<TestService['command']> {
    return this.inventory.command(ReserveStock, { orderId, lines });
  }

  async rows<Row extends object>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return (await this.inventory.database.query<Row>(sql, params)).rows;
  }

  async pieces(sku: string): Promise<Pieces> {
    const sql = 'SELECT on_hand, reserved, sold, received FROM stock WHERE sku = $1';
    const [row] = await this.rows<Pieces>(sql, [sku]);
    if (!row) throw new Error(`no stock of ${sku}`);
    return row;
  }

  async put(sku: string, pieces: number): Promise<void> {
    await this.rows('UPDATE stock SET on_hand = $2, received = $2, reserved = 0, sold = 0 WHERE sku = $1', [
      sku,
      pieces,
    ]);
  }

  /** Skus whose counters disagree with what orders hold and have bought: none, whatever happened. */
  async unbalanced(): Promise<string[]> {
    const rows = await this.rows<{ sku: string }>(
      `SELECT sku FROM stock LEFT JOIN (
         SELECT sku, sum(quantity) FILTER (WHERE state = 'HELD') AS held, sum(quantity) FILTER (WHERE state = 'SOLD') AS sold
         FROM reservation, jsonb_to_recordset(lines) AS line (sku text, quantity int) GROUP BY sku
       ) AS orders USING (sku)
       WHERE reserved <> coalesce(held, 0) OR stock.sold <> coalesce(orders.sold, 0)`,
    );
    return rows.map(({ sku }) => sku);
  }
}

/** What the events of an order say, as far as inventory cares. */
export const newsOf = (orderId: string): DataOf<typeof OrderConfirmed> => ({
  orderId,
  number: 'C-1',
  customerId: randomUUID(),
  lines: [],
  totalMinor: 0,
  currency: 'EUR',
});

export const done = { ok: true, data: {} };
