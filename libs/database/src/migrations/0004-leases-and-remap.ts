import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One writer per account, one breaker per Jira, and the cursor of a remap. */
export class LeasesAndRemap1763900040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTables);
    await runner.query(verification);
    await runner.query(remap);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index gateway.identity_provider');
    await runner.query('drop table mapping.remap');
    await runner.query('alter table sync.jira_account drop column verify_from');
    await runner.query('drop table messaging.breaker, messaging.lease');
  }
}

const messagingTables = `
create table messaging.lease (
  key          text primary key,            -- e.g. account/<account id>
  holder       uuid not null,               -- fresh for each hold
  expires_at   timestamptz not null,        -- by this database's clock
  takeovers    integer not null default 0   -- how often it expired and was taken by somebody else; a release deletes the row
);

create table messaging.breaker (
  name         text primary key,
  state        text not null default 'closed' check (state in ('closed', 'open', 'probing')),
  code         text,                        -- why it is open
  opened_at    timestamptz,
  until        timestamptz,                 -- when the next probe is due
  failures     integer not null default 0,  -- probes that failed since it opened
  probe_holder uuid,
  probe_until  timestamptz,                 -- after this a prober counts as dead
  alerted_at   timestamptz,                 -- the one alert of this opening
  connection   text,                        -- keyed hash of address and credentials that failed: others are tried at once
  check ((state = 'closed') = (opened_at is null))
);
`;

const verification = `
-- An account counts as verified only by a read in Jira that is newer than this; null: any read within the window will do.
alter table sync.jira_account add column verify_from timestamptz;
`;

const remap = `
create table mapping.remap (
  provider       text primary key,
  config_version integer not null,          -- the configuration this pass is for
  cursor         uuid,                      -- the last identity that was sent on
  total          integer not null,          -- identities when the pass began
  done           integer not null default 0,
  started_at     timestamptz not null default now(),
  finished_at    timestamptz
);
create index identity_provider on gateway.identity (provider, id);
`;
