import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A used token gives the same successor for a while: the salt it is derived with. */
export class Successors1700000000002 implements MigrationInterface {
  readonly name = 'Successors1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE refresh_token ADD COLUMN successor_salt bytea`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE refresh_token DROP COLUMN successor_salt`);
  }
}
