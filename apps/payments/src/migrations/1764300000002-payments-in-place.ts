import { buildIndex, dropIndex } from '@caravan/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The check of the first migration, which PostgreSQL named: what is open was due, always. */
const OPEN_IS_DUE = `
  SELECT conname FROM pg_constraint WHERE conrelid = 'payments'::regclass AND contype = 'c'
    AND pg_get_constraintdef(oid) LIKE '%(operation IS NULL) = (due_at IS NULL)%'`;

/**
 * An update stays in its page and touches no index (HOT) when it changes no indexed column and the page has room. So no column that
 * every payment changes has an index: the processor tells the order of an intent, and an open payment is due only once a clock has to
 * look after it; until then its command does.
 */
export class PaymentsInPlace1764300000002 implements MigrationInterface {
  name = 'PaymentsInPlace1764300000002';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const { conname } of (await runner.query(OPEN_IS_DUE)) as { conname: string }[])
      await runner.query(`ALTER TABLE payments DROP CONSTRAINT "${conname}"`);
    await runner.query(`ALTER TABLE payments DROP CONSTRAINT IF EXISTS payments_due_is_open`);
    // Not validated: every row satisfied the stricter check, and looking would hold the table.
    await runner.query(
      `ALTER TABLE payments ADD CONSTRAINT payments_due_is_open
         CHECK (operation IS NOT NULL OR due_at IS NULL) NOT VALID`,
    );
    for (const index of ['payments_unknown', 'payments_intent']) await dropIndex(runner, index);
    await runner.query(`ALTER TABLE payments SET (fillfactor = 45)`);
  }

  /** The stricter check does not come back: payments that are open without being due may be there. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE payments SET (fillfactor = 80)`);
    await buildIndex(runner, 'payments_intent', 'ON payments (intent_id) WHERE intent_id IS NOT NULL');
    await buildIndex(runner, 'payments_unknown', `ON payments (updated_at) WHERE status = 'UNKNOWN'`);
    await runner.query(`ALTER TABLE payments DROP CONSTRAINT payments_due_is_open`);
  }
}
