import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotifications1700000000001 implements MigrationInterface {
  readonly name = 'CreateNotifications1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification (
        order_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('CONFIRMED', 'REJECTED', 'CANCELLED')),
        news json NOT NULL,
        state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'FAILED')),
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now(),
        reason text CHECK (state <> 'FAILED' OR reason IS NOT NULL),
        traceparent text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        settled_at timestamptz,
        PRIMARY KEY (order_id, kind)
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX notification_due ON notification (due_at) WHERE state = 'PENDING'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE notification`);
  }
}
