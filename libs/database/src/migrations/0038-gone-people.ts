import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of people of a pool whom a clean-up has deactivated: the pool does not have them, neither in a listing nor when asked. */
export class GonePeople1763900380000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table directory.pulled_person add column gone_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table directory.pulled_person drop column gone_at');
  }
}
