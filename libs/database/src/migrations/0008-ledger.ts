import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who gave which membership and why, what is on its way to Jira, and removals that wait for a decision. */
export class Ledger1763900080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(accounts);
    await runner.query(ledger);
    await runner.query(brake);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table console.removal_decision, sync.held_removal, sync.removal, sync.set_property, sync.granted_membership;
      alter table sync.reconcile_run drop column attempt, drop column lane;
      alter table sync.jira_account
        drop column newcomer, drop column deactivated_by, drop column under_way, drop column seats_due_at`);
  }
}

const accounts = `
alter table sync.jira_account
  add column newcomer boolean not null default false,  -- created by us, and without its groups for newcomers yet
  add column deactivated_by text check (deactivated_by in ('directory', 'administrator')),  -- on purpose: no sign-in revives it
  add column under_way jsonb,               -- changes whose outcome at Jira no commit has told yet
  add column seats_due_at timestamptz;      -- when a full licence is looked at again

alter table sync.reconcile_run
  add column attempt integer,
  add column lane text;
`;

const ledger = `
create table sync.granted_membership (
  account_id     uuid not null,
  group_folded   text not null,
  provider       text not null,
  reason         text not null,             -- rule <claimed group> | default | if-new <reason> | ...
  group_name     text not null,             -- in Jira's spelling, where Jira has shown it
  how            text not null check (how in ('added', 'found')),  -- by us; or there already, and declared managed
  config_version integer not null,
  version        integer not null,          -- of the desired access
  run_id         bigint not null,           -- of a run that may have been tidied away since
  granted_at     timestamptz not null default now(),
  primary key (account_id, group_folded, provider, reason)
);
create index granted_membership_group on sync.granted_membership (group_folded, account_id);

create table sync.set_property (
  account_id     uuid not null,
  property       text not null,
  config_version integer not null,
  set_at         timestamptz not null default now(),
  primary key (account_id, property)
);
`;

const brake = `
-- What the brake let through, for it to count.
create table sync.removal (
  config_version integer not null,
  account_id     uuid not null,
  group_folded   text not null,
  admitted_at    timestamptz not null default now(),
  primary key (config_version, account_id, group_folded)
);
create index removal_counted on sync.removal (config_version, admitted_at, group_folded, account_id);
create index removal_admitted on sync.removal (admitted_at);

create table sync.held_removal (
  account_id     uuid not null,
  group_folded   text not null,
  group_name     text not null,
  because        text not null,             -- managed | granted | swept
  scope          text not null check (scope in ('group', 'run')),  -- what went over its threshold
  config_version integer not null,
  version        integer not null,
  held_at        timestamptz not null default now(),
  released_at    timestamptz,               -- approved, and the account sent on to be reconciled
  primary key (account_id, group_folded)
);
create index held_removal_version on sync.held_removal (config_version, group_folded, account_id);

-- Written by the console. group_folded '' means every group of that version.
create table console.removal_decision (
  config_version integer not null,
  group_folded   text not null default '',
  verdict        text not null check (verdict in ('approve', 'dismiss')),
  actor          text not null,
  reason         text not null,
  decided_at     timestamptz not null default now(),
  primary key (config_version, group_folded)
);
`;
