import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayments1763730000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payments (
        order_id uuid PRIMARY KEY,
        status text NOT NULL CHECK (status IN
          ('PENDING', 'AUTHORIZED', 'CAPTURED', 'DECLINED', 'VOIDED', 'REFUNDED', 'UNKNOWN')),
        operation text CHECK (operation IN ('authorize', 'capture', 'void', 'refund', 'inspect')),
        begun_by uuid,
        amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
        refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor IN (0, amount_minor)),
        currency text NOT NULL,
        method text,
        intent_id text,
        decline_code text,
        attempts int NOT NULL DEFAULT 0,
        trouble text,
        spent_keys int NOT NULL DEFAULT 0,
        waiting jsonb NOT NULL DEFAULT '[]',
        version int NOT NULL DEFAULT 1,
        due_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CHECK (status NOT IN ('PENDING', 'UNKNOWN') OR operation IS NOT NULL),
        CHECK ((operation IS NULL) = (due_at IS NULL)),
        CHECK (operation IS NOT NULL OR waiting = '[]')
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL`);
    await runner.query(`CREATE INDEX payments_unknown ON payments (updated_at) WHERE status = 'UNKNOWN'`);
    await runner.query(`
      CREATE TABLE webhook_events (
        id text PRIMARY KEY,
        received_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX webhook_events_received ON webhook_events (received_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webhook_events, payments`);
  }
}
