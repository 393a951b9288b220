import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which pages of Jira somebody came in, as far as a mapping gives groups for that. */
export class Entries1763900170000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Patterns of the mapping, as it was then: a pattern that is not there any more gives nothing.
    await runner.query(`alter table gateway.identity add column entries text[] not null default '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway.identity drop column entries');
  }
}
