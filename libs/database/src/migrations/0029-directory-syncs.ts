import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Directories that are read, because their provider pushes nothing: how far a listing has come, and who was in it. */
export class DirectorySyncs1763900290000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(orders);
    await runner.query(syncs);
    await runner.query(marks);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table directory.pulled_member, directory.pulled_group, directory.pulled_person');
    await runner.query('drop table directory.pull_sync, console.directory_sync_order');
  }
}

/** Written by the console. */
const orders = `
create table console.directory_sync_order (
  id         bigint generated always as identity primary key,
  sync_id    uuid not null,
  provider   text not null,
  kind       text not null check (kind in ('start', 'cancel', 'release')),
  actor      text not null,
  reason     text not null,
  trace_id   text not null,
  created_at timestamptz not null default now(),
  unique (sync_id, kind)
);
create index directory_sync_order_provider on console.directory_sync_order (provider, created_at desc);
`;

/** Written by scim-ingest. */
const syncs = `
create table directory.pull_sync (
  id             uuid primary key,
  provider       text not null,
  cause          text not null check (cause in ('schedule', 'order')),
  trace_id       text not null,
  source         text not null,               -- region and pool: marks and page tokens mean nothing elsewhere
  state          text not null default 'running' check (state in ('running', 'held', 'done', 'cancelled', 'superseded')),
  phase          text not null default 'people' check (phase in ('people', 'groups', 'members', 'absences')),
  pass           integer not null default 1,  -- grows when a page token was refused and a listing began anew
  pages          integer not null default 0,  -- of this pass, for the bound on them
  page_token     text,                        -- of the next page; null: the first
  group_id       uuid,                        -- whose members are being read
  released       boolean not null default false,
  requests       integer not null default 0,
  people_seen    integer not null default 0,
  people_created integer not null default 0,
  people_changed integer not null default 0,
  people_skipped integer not null default 0,
  people_absent  integer not null default 0,
  people_removed integer not null default 0,
  groups_seen    integer not null default 0,
  groups_skipped integer not null default 0,
  groups_removed integer not null default 0,
  members_changed integer not null default 0,
  problem_code   text,
  problem_at     timestamptz,
  started_at     timestamptz not null default now(),
  progressed_at  timestamptz not null default now(),
  finished_at    timestamptz
);
create unique index pull_sync_running on directory.pull_sync (provider) where state = 'running';
create index pull_sync_history on directory.pull_sync (provider, started_at desc);
`;

/** Written by scim-ingest. Only who was in a listing can be missing from a later one: never somebody who was only pushed. */
const marks = `
create table directory.pulled_person (
  directory_user_id uuid primary key,
  provider          text not null,
  external_id       text not null,             -- as the provider knows the person for good (Cognito: sub)
  seen_in           uuid not null,             -- the sync whose listing had the person last
  unique (provider, external_id)
) with (fillfactor = 80);

create table directory.pulled_group (
  group_id   uuid primary key,
  provider   text not null,
  name       text not null,                    -- Cognito has no other id of a group, and does not rename one
  seen_in    uuid not null,
  members_in uuid,                             -- the sync that has read all its members
  unique (provider, name)
);

-- Members listed so far of a group of several pages. Only a whole list takes anybody out.
create table directory.pulled_member (
  group_id  uuid not null,
  member_id uuid not null,
  primary key (group_id, member_id)
);
`;
