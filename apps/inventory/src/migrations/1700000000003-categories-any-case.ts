import { buildIndex } from '@caravan/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pages of a category whatever its letter case; the older index stays for builds that compare the exact name. */
export class CategoriesAnyCase1700000000003 implements MigrationInterface {
  readonly name = 'CategoriesAnyCase1700000000003';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'product_by_category_any_case', 'ON product (lower(category), name, sku)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS product_by_category_any_case`);
  }
}
