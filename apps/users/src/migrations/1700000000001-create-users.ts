import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUsers1700000000001 implements MigrationInterface {
  readonly name = 'CreateUsers1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        email text NOT NULL CONSTRAINT account_email_once UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        roles text[] NOT NULL CHECK (roles <@ ARRAY['customer', 'staff']),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // A session is a family of refresh tokens: each used one has at most one successor.
    await runner.query(`
      CREATE TABLE session (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz
      )`);
    await runner.query(`CREATE INDEX session_by_account ON session (account_id)`);
    await runner.query(`CREATE INDEX session_by_end ON session (expires_at)`);
    await runner.query(`
      CREATE TABLE refresh_token (
        hash bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      )`);
    await runner.query(`CREATE INDEX refresh_token_by_session ON refresh_token (session_id)`);
    await runner.query(`CREATE INDEX refresh_token_by_end ON refresh_token (expires_at)`);
    await runner.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        private_jwk jsonb NOT NULL,
        public_jwk jsonb NOT NULL,
        signs_from timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE login_attempt (
        key bytea PRIMARY KEY,
        failures integer NOT NULL,
        last_failure_at timestamptz NOT NULL,
        closed_until timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX login_attempt_by_age ON login_attempt (last_failure_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE login_attempt, signing_key, refresh_token, session, account`);
  }
}
