import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who deactivates an account: a directory, an administrator's order, or nobody using it. */
export class Deactivation1763900120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(orders);
    await runner.query(mapping);
    await runner.query(sync);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update sync.jira_account set deactivated_by = null where deactivated_by = 'inactivity';
      alter table sync.jira_account drop constraint jira_account_deactivated_by_check;
      alter table sync.jira_account add constraint jira_account_deactivated_by_check
        check (deactivated_by in ('directory', 'administrator'))`);
    await runner.query('drop table mapping.inactive_account, console.account_order');
  }
}

/** Written by the console. The newest order of an account holds; older ones are its history. */
const orders = `
create table console.account_order (
  id           bigint generated always as identity primary key,
  account_id   uuid not null,
  kind         text not null check (kind in ('deactivate', 'reactivate')),
  lifts        jsonb not null default '{}',  -- of a reactivation: directory user -> the version that it lifts
  actor        text not null,
  reason       text not null,
  ordered_at   timestamptz not null default clock_timestamp()
);
create index account_order_newest on console.account_order (account_id, id desc);
`;

/** Written by claim-mapping. */
const mapping = `
create table mapping.inactive_account (
  account_id   uuid primary key references mapping.account,
  since        timestamptz not null,          -- the last sign-in that was known
  decided_at   timestamptz not null default clock_timestamp()   -- a sign-in after it lifts it
);
`;

const sync = `
alter table sync.jira_account drop constraint jira_account_deactivated_by_check;
alter table sync.jira_account add constraint jira_account_deactivated_by_check
  check (deactivated_by in ('directory', 'administrator', 'inactivity'));
`;
