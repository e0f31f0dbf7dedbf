import { buildIndex } from '@caravan/outbox';
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
    for (const [name, on] of Object.entries(INDEXES)) await buildIndex(runner, name, `ON ${on}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  }
}
