import { Injectable } from '@nestjs/common';
import type { DataOf, Product, Restock } from '@caravan/contracts';
import { type Tx, UnitOfWork } from '@caravan/outbox';
import { restockConflict } from './stock.errors.ts';

type Asked = DataOf<typeof Restock>;

interface Row {
  readonly sku: string;
  readonly quantity: number;
  readonly reply: Product;
}

/** What was asked under the idempotency keys of each member of staff, and answered. */
@Injectable()
export class RestockKeysRepository {
  constructor(private readonly work: UnitOfWork) {}

  /**
   * Takes a key for this transaction. A transaction that uses the same key at the same time is waited for.
   * @returns the answer that was given under the key before; undefined when the key is new
   * @throws Failure restockConflict when the key was used for something else
   */
  async take(tx: Tx, key: string, { staffId = '', sku, quantity }: Asked): Promise<Product | undefined> {
    const taken = await tx.query(
      `INSERT INTO restock_key (staff_id, key, sku, quantity) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING key`,
      [staffId, key, sku, quantity],
    );
    if (taken.length > 0) return undefined;
    const [before] = await tx.query<Row>(
      `SELECT sku, quantity, reply FROM restock_key WHERE staff_id = $1 AND key = $2`,
      [staffId, key],
    );
    if (before?.sku !== sku || before.quantity !== quantity) throw restockConflict();
    return before.reply;
  }

  answered(tx: Tx, key: string, staffId = '', reply: Product): void {
    tx.execute(`UPDATE restock_key SET reply = $3 WHERE staff_id = $1 AND key = $2`, [
      staffId,
      key,
      JSON.stringify(reply),
    ]);
  }

  /** Forgets keys that are older than `age`, some at a time. @returns how many */
  async forget(age: string, limit: number): Promise<number> {
    const forgotten = await this.work.query(
      `DELETE FROM restock_key WHERE (staff_id, key) IN (
         SELECT staff_id, key FROM restock_key WHERE created_at < now() - $1::interval
         ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING key`,
      [age, limit],
    );
    return forgotten.length;
  }
}
