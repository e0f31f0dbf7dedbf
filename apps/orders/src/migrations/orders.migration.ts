import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Orders1763700000000 implements MigrationInterface {
  name = 'Orders1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orders (
        id uuid PRIMARY KEY,
        serial bigint GENERATED ALWAYS AS IDENTITY,
        customer_id uuid NOT NULL,
        idempotency_key text NOT NULL,
        fingerprint text NOT NULL,
        status text NOT NULL CHECK (status IN ('PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION')),
        placed_at timestamptz NOT NULL DEFAULT now(),
        lines jsonb NOT NULL,
        total_minor bigint NOT NULL CHECK (total_minor >= 0),
        currency char(3) NOT NULL,
        payment_method text NOT NULL,
        shipping_address jsonb NOT NULL,
        rejection jsonb,
        cancel_requested boolean NOT NULL DEFAULT false,
        traceparent text NOT NULL,
        -- The idempotency key is the order's own: one effect per key, whatever replica or crash.
        CONSTRAINT one_order_per_key UNIQUE (customer_id, idempotency_key)
      )`);
    // Ids are uuid v7: their order is the order of time, so this index pages a customer's orders newest first.
    await runner.query(`CREATE INDEX orders_of_customer ON orders (customer_id, id DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE orders`);
  }
}
