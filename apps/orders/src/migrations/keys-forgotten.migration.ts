import { buildIndex } from '@caravan/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Idempotency keys are forgotten when nobody repeats them any more; the order stays. */
export class KeysForgotten1763770000000 implements MigrationInterface {
  name = 'KeysForgotten1763770000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders ALTER COLUMN idempotency_key DROP NOT NULL`);
    await buildIndex(runner, 'orders_with_key', 'ON orders (placed_at) WHERE idempotency_key IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX CONCURRENTLY orders_with_key`);
  }
}
