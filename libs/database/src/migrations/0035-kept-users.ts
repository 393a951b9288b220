import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of the Jira user that was to be removed with its account, and that Jira does not let go. */
export class KeptUsers1763900350000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sync.jira_account add column kept_key text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sync.jira_account drop column kept_key');
  }
}
