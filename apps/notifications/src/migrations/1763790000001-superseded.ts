import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Columns without defaults and a check that is not validated: neither reads the table. */
export class Superseded1763790000001 implements MigrationInterface {
  readonly name = 'Superseded1763790000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notification
        ADD COLUMN said_at timestamptz,
        ADD COLUMN sending_until timestamptz,
        ADD COLUMN undeliverable_since timestamptz,
        DROP CONSTRAINT notification_state_check,
        ADD CONSTRAINT notification_state_check CHECK (state IN ('PENDING', 'SENT', 'FAILED', 'SUPERSEDED')) NOT VALID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE notification SET state = 'SENT' WHERE state = 'SUPERSEDED'`);
    await runner.query(`
      ALTER TABLE notification
        DROP COLUMN said_at,
        DROP COLUMN sending_until,
        DROP COLUMN undeliverable_since,
        DROP CONSTRAINT notification_state_check,
        ADD CONSTRAINT notification_state_check CHECK (state IN ('PENDING', 'SENT', 'FAILED'))`);
  }
}
