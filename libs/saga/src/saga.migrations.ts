import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from '@caravan/outbox';

/** Listed among the migrations of a service that runs sagas. */
export class Sagas1700000000001 implements MigrationInterface {
  name = 'Sagas1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga (
        type text NOT NULL,
        id uuid NOT NULL,
        traceparent text NOT NULL,
        data jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'undoing', 'completed', 'rolled_back')),
        step int NOT NULL,
        ask text,
        attempt int NOT NULL,
        failure jsonb,
        stuck boolean NOT NULL,
        due_at timestamptz,
        started_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (id, type)
      )`);
    await runner.query(`CREATE INDEX saga_due ON saga (due_at) WHERE due_at IS NOT NULL`);
    await runner.query(`
      CREATE TABLE saga_transition (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        type text NOT NULL,
        saga_id uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        step text NOT NULL,
        outcome text NOT NULL,
        detail text
      )`);
    await runner.query(`CREATE INDEX saga_transition_saga ON saga_transition (saga_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE saga_transition`);
    await runner.query(`DROP TABLE saga`);
  }
}

/** What was rolled back, by its time, for those who look what failed. Listed after `Sagas1700000000001`. */
export class SagasRolledBack1763790000002 implements MigrationInterface {
  name = 'SagasRolledBack1763790000002';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'saga_rolled_back', `ON saga (updated_at) WHERE state = 'rolled_back'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX CONCURRENTLY saga_rolled_back`);
  }
}
