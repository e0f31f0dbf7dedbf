import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInventory1700000000001 implements MigrationInterface {
  readonly name = 'CreateInventory1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE product (
        sku text PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL,
        category text NOT NULL,
        price_minor integer NOT NULL CHECK (price_minor >= 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$')
      )`);
    await runner.query(`CREATE INDEX product_by_name ON product (name, sku)`);
    await runner.query(`CREATE INDEX product_by_category ON product (category, name, sku)`);
    // Stock changes with every order: room on the page keeps those updates off the index.
    await runner.query(`
      CREATE TABLE stock (
        sku text PRIMARY KEY REFERENCES product,
        on_hand integer NOT NULL CHECK (on_hand >= 0),
        reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        sold integer NOT NULL DEFAULT 0 CHECK (sold >= 0),
        received integer NOT NULL CHECK (received >= 0),
        CONSTRAINT stock_every_piece_is_somewhere CHECK (received = on_hand + reserved + sold)
      ) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`);
    await runner.query(`
      CREATE TABLE reservation (
        order_id uuid PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('HELD', 'SOLD', 'RELEASED', 'REFUSED')),
        lines jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(lines) = 'array'),
        refusal jsonb CHECK ((state = 'REFUSED') = (refusal IS NOT NULL)),
        reserved_at timestamptz NOT NULL DEFAULT now(),
        overdue_said_at timestamptz
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX reservation_held ON reservation (reserved_at) WHERE state = 'HELD'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reservation, stock, product`);
  }
}
