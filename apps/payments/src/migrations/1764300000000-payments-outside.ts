import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What happens to money outside of the shop: partial refunds, refunds that fail later, disputes, holds that end. Only adds, so
 * that the version before runs beside it. The check of partial refunds is not validated: old rows satisfy it, and looking would
 * hold the table.
 */
export class PaymentsOutside1764300000000 implements MigrationInterface {
  name = 'PaymentsOutside1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments
        ADD COLUMN operation_at timestamptz,
        ADD COLUMN refund_id text,
        ADD COLUMN failed_refunds jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN early jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN dispute jsonb,
        ADD COLUMN outside boolean NOT NULL DEFAULT false,
        ADD COLUMN renewals int NOT NULL DEFAULT 0`);
    const checks = (await runner.query(
      `SELECT conname FROM pg_constraint WHERE conrelid = 'payments'::regclass AND contype = 'c'
         AND pg_get_constraintdef(oid) LIKE '%refunded_minor%'`,
    )) as { conname: string }[];
    for (const { conname } of checks) await runner.query(`ALTER TABLE payments DROP CONSTRAINT "${conname}"`);
    await runner.query(
      `ALTER TABLE payments ADD CONSTRAINT payments_refunded
         CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor) NOT VALID`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE payments DROP CONSTRAINT payments_refunded`);
    await runner.query(`
      ALTER TABLE payments DROP COLUMN operation_at, DROP COLUMN refund_id, DROP COLUMN failed_refunds,
        DROP COLUMN early, DROP COLUMN dispute, DROP COLUMN outside, DROP COLUMN renewals`);
  }
}
