import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Idempotency keys of restocking: what was asked under a key, and what was answered. */
export class RestockKeys1700000000002 implements MigrationInterface {
  readonly name = 'RestockKeys1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE restock_key (
        staff_id text NOT NULL,
        key text NOT NULL,
        sku text NOT NULL,
        quantity integer NOT NULL,
        reply jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (staff_id, key)
      )`);
    await runner.query(`CREATE INDEX restock_key_by_age ON restock_key (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE restock_key`);
  }
}
