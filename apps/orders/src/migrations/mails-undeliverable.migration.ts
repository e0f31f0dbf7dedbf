import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The mails about an order that cannot be delivered. A column without a default is added without rewriting the table. */
export class MailsUndeliverable1763790000000 implements MigrationInterface {
  name = 'MailsUndeliverable1763790000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders ADD COLUMN undeliverable jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE orders DROP COLUMN undeliverable`);
  }
}
