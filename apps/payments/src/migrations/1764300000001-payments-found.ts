import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = {
  payments_intent: 'payments (intent_id) WHERE intent_id IS NOT NULL',
  payments_disputed: 'payments (order_id) WHERE dispute IS NOT NULL',
};

/** Payments by their intents, and those with a dispute. Built beside the traffic; what an attempt left half done is built anew. */
export class PaymentsFound1764300000001 implements MigrationInterface {
  name = 'PaymentsFound1764300000001';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // The build waits for transactions that are open, and locks nothing meanwhile.
    await runner.query(`SET lock_timeout = 0`);
    for (const [name, on] of Object.entries(INDEXES)) {
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
    }
    await runner.query(`RESET lock_timeout`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  }
}
