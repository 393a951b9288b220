import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts that an operator has compared with Jira, and what each provider said last, as it said it. */
export class ResyncAndClaims1763900160000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(resyncs);
    await runner.query(claims);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table sync.resync_progress, console.resync_item, console.resync;
      alter table gateway.identity drop column answer_sealed`);
  }
}

const resyncs = `
-- Written by the console.
create table console.resync (
  id         uuid primary key,
  actor      text not null,
  reason     text not null,
  selection  jsonb not null,
  state      text not null default 'running' check (state in ('running', 'paused', 'cancelled')),  -- what the operator wants
  total      integer not null,
  trace_id   text not null,                -- of all runs that it starts
  created_at timestamptz not null default now()
);
create index resync_created on console.resync (created_at desc, id);

create table console.resync_item (
  resync_id  uuid not null references console.resync on delete cascade,
  account_id uuid not null,
  primary key (resync_id, account_id)
);

-- Written by group-sync.
create table sync.resync_progress (
  resync_id   uuid primary key,
  cursor      uuid,                        -- the last account that was sent on
  sent        integer not null default 0,
  finished_at timestamptz                  -- all are sent on; their runs may still be under way
);
`;

const claims = `
alter table gateway.identity add column answer_sealed text;  -- ID token and userinfo apart; null: not signed in since the update
`;
