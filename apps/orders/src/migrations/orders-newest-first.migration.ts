import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from '@caravan/outbox';

/**
 * Pages go by the database's serial, not by ids from the clocks of replicas. The old index stays for the builds that run
 * beside this one. `serial > 0`: see orders-apart.migration.ts.
 */
export class OrdersNewestFirst1763790000001 implements MigrationInterface {
  name = 'OrdersNewestFirst1763790000001';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'orders_newest_first', 'ON orders (customer_id, serial DESC) WHERE serial > 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX CONCURRENTLY orders_newest_first`);
  }
}
