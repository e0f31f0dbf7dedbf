import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from '@caravan/outbox';

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

/** What was rolled back, by its time, for those who look what failed. */
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

/**
 * The stored form by names (docs/adr/0024): the definition that a saga runs under, its step by name, its journal, and the time to
 * look at it next. Builds of before keep working: they read `step`, `ask` and `due_at`, which are still written, and what they
 * insert has no definition and is looked at at once.
 */
export class SagasByName1764000000001 implements MigrationInterface {
  name = 'SagasByName1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE saga
        ADD COLUMN definition text,
        ADD COLUMN step_name text,
        ADD COLUMN look_at timestamptz,
        ADD COLUMN journal jsonb`);
    await runner.query(`ALTER TABLE saga ALTER COLUMN look_at SET DEFAULT now()`);
    await runner.query(`UPDATE saga SET look_at = due_at WHERE due_at IS NOT NULL`);
    await runner.query(`ALTER TABLE saga SET (fillfactor = 60)`);
    await runner.query(`ALTER TABLE saga_transition ADD COLUMN entry jsonb`);
    await runner.query(`
      CREATE TABLE saga_held_reply (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        type text NOT NULL,
        saga_id uuid NOT NULL,
        message_id uuid NOT NULL,
        reply jsonb NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE VIEW saga_timeline AS
        SELECT saga_id, type, at, id AS entry_no, 0::bigint AS line_no, step, outcome, detail
        FROM saga_transition WHERE entry IS NULL
      UNION ALL
        SELECT saga_id, type, at, id, line_no, line ->> 0, line ->> 1, line ->> 2
        FROM saga_transition, jsonb_array_elements(entry -> 'log') WITH ORDINALITY AS lines (line, line_no)
        WHERE entry IS NOT NULL
      UNION ALL
        SELECT saga.id, type, to_timestamp((entry ->> 'at')::bigint / 1e6), entry_no, line_no, line ->> 0, line ->> 1, line ->> 2
        FROM saga, jsonb_array_elements(journal) WITH ORDINALITY AS entries (entry, entry_no),
          jsonb_array_elements(entry -> 'log') WITH ORDINALITY AS lines (line, line_no)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW saga_timeline`);
    await runner.query(`DROP TABLE saga_held_reply`);
    await runner.query(`ALTER TABLE saga_transition DROP COLUMN entry`);
    await runner.query(
      `ALTER TABLE saga DROP COLUMN definition, DROP COLUMN step_name, DROP COLUMN look_at, DROP COLUMN journal`,
    );
  }
}

/**
 * The sagas to look at, by time. `look_at` moves only when a deadline comes nearer or is over, so most updates of a saga change no
 * indexed column (heap-only tuples). Builds of before find due sagas without `saga_due` as well, by reading the table.
 *
 */
export class SagasLookedAt1764000000002 implements MigrationInterface {
  name = 'SagasLookedAt1764000000002';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'saga_look', `ON saga (look_at) WHERE look_at IS NOT NULL`);
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS saga_due`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'saga_due', `ON saga (due_at) WHERE due_at IS NOT NULL`);
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS saga_look`);
  }
}
