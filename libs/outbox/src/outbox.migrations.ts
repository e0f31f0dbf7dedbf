import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OutboxAndInbox1700000000000 implements MigrationInterface {
  name = 'OutboxAndInbox1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        message_id uuid NOT NULL,
        type text NOT NULL,
        routing_key text NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // Rows live for milliseconds: vacuum by count, not by share of a table that is mostly empty.
    await runner.query(
      `ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
    );
    await runner.query(
      `CREATE TABLE inbox (message_id uuid PRIMARY KEY, consumed_at timestamptz NOT NULL DEFAULT now())`,
    );
    // Consumed in about the order of time: a BRIN finds the old ones for next to nothing.
    await runner.query(`CREATE INDEX inbox_consumed_at ON inbox USING brin (consumed_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE inbox`);
    await runner.query(`DROP TABLE outbox`);
  }
}

export class OperatorActions1763750000000 implements MigrationInterface {
  name = 'OperatorActions1763750000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operator_action (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        action text NOT NULL CHECK (action IN ('redrive', 'drop', 'retry', 'compensate')),
        subject text NOT NULL,
        about text NOT NULL,
        actor text NOT NULL,
        reason text,
        outcome text NOT NULL CHECK (outcome IN ('begun', 'done', 'refused')),
        message text NOT NULL,
        content bytea
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE operator_action`);
  }
}

/** Where a service keeps its dead letters when no broker does. */
export class DeadLetters1763760000000 implements MigrationInterface {
  name = 'DeadLetters1763760000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dead_letter (
        message_id uuid PRIMARY KEY,
        type text NOT NULL,
        body text NOT NULL,
        reason text NOT NULL,
        attempts int NOT NULL,
        died_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE dead_letter`);
  }
}
