import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An account counts as used again by what came after `since`, no longer by what came after it was found unused: somebody
 * may sign in for the first time through another provider while unused accounts are looked for. So `since` has to know of
 * orders too, which were left to the moment of the finding before.
 */
export class UnusedSince1763900310000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update mapping.inactive_account as unused set since = ordered.at
      from (select inactive.account_id, max(given.ordered_at) as at from mapping.inactive_account as inactive
            join console.account_order as given on given.account_id = inactive.account_id and given.ordered_at <= inactive.decided_at
            group by inactive.account_id) as ordered
      where ordered.account_id = unused.account_id and ordered.at > unused.since`);
    await runner.query(`
      comment on column mapping.inactive_account.since is 'the last sign-in or order that was known; a later one lifts it';
      comment on column mapping.inactive_account.decided_at is 'when it was found'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      comment on column mapping.inactive_account.since is null;
      comment on column mapping.inactive_account.decided_at is null`);
  }
}
