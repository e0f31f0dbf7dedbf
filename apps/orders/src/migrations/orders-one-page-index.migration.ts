import { buildIndex, dropIndex } from '@caravan/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pages go by serial in this build and in the one before it, so nothing reads the index by id any more. */
export class OrdersOnePageIndex1764400000000 implements MigrationInterface {
  name = 'OrdersOnePageIndex1764400000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'orders_of_customer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'orders_of_customer', 'ON orders (customer_id, id DESC) WHERE serial > 0');
  }
}
