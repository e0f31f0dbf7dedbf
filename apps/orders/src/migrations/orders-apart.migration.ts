import { replaceIndex } from '@caravan/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index for a customer's pages is for them alone. While PostgreSQL does not know yet how many orders a customer has, it may
 * look up an idempotency key by reading all of them; so this one is there only for who says `serial > 0`, as the pages do.
 * Rows leave room in their page for the update that ends them, which then touches no index.
 */
export class OrdersApart1763780000000 implements MigrationInterface {
  name = 'OrdersApart1763780000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, 'orders_of_customer', 'ON orders (customer_id, id DESC) WHERE serial > 0');
    await runner.query(`ALTER TABLE orders SET (fillfactor = 60)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders RESET (fillfactor)`);
    await replaceIndex(runner, 'orders_of_customer', 'ON orders (customer_id, id DESC)');
  }
}
