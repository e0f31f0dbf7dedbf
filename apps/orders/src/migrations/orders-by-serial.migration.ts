import { buildIndex } from '@caravan/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators name an order by its number. Serials come in the order of the table, where a BRIN costs an insert next to nothing. */
export class OrdersBySerial1763760000000 implements MigrationInterface {
  name = 'OrdersBySerial1763760000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'orders_by_serial', 'ON orders USING brin (serial) WITH (autosummarize = on)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX CONCURRENTLY orders_by_serial`);
  }
}
