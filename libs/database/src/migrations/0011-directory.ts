import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People and groups that identity providers push, or that are pulled from them, and which account they belong to. */
export class Directory1763900110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create schema if not exists directory');
    await runner.query(directoryTables);
    await runner.query(mappingTables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table mapping.account_directory_user');
    await runner.query('alter table mapping.account_identity drop column username_folded');
    await runner.query('drop index gateway.identity_subject');
    await runner.query('drop schema directory cascade');
  }
}

/** Written by whoever speaks for a provider's directory, through libs/directory. */
const directoryTables = `
create table directory.directory_user (
  id               uuid primary key default gen_random_uuid(),
  provider         text not null,
  user_name        text not null,             -- as sent
  user_name_folded text not null,             -- by foldName; SCIM: userName is not case-exact
  external_id      text,                      -- the provider's own id; case-exact
  active           boolean not null default true,
  resource         jsonb not null default '{}',  -- every other attribute, in the shape of SCIM's User (RFC 7643 4.1)
  version          bigint not null default 1, -- grows with every change: versions, not clocks, order them
  created_at       timestamptz not null default now(),
  changed_at       timestamptz not null default now(),
  deleted_at       timestamptz                -- gone for the provider; kept, because an account may have to follow
);
create unique index directory_user_name on directory.directory_user (provider, user_name_folded) where deleted_at is null;
create index directory_user_gone on directory.directory_user (provider, user_name_folded) where deleted_at is not null;
create index directory_user_external on directory.directory_user (provider, external_id) where external_id is not null;
create index directory_user_provider on directory.directory_user (provider, id);

create table directory.directory_group (
  id                  uuid primary key default gen_random_uuid(),
  provider            text not null,
  display_name        text not null,
  display_name_folded text not null,
  external_id         text,
  resource            jsonb not null default '{}',
  version             bigint not null default 1,
  created_at          timestamptz not null default now(),
  changed_at          timestamptz not null default now(),
  deleted_at          timestamptz             -- counts for nobody any more; kept until all who were in it are sent on
);
create unique index directory_group_name on directory.directory_group (provider, display_name_folded) where deleted_at is null;
create index directory_group_external on directory.directory_group (provider, external_id) where external_id is not null;

-- Rows, never an array: of two changes of one group at the same time both last.
create table directory.directory_member (
  group_id    uuid not null references directory.directory_group on delete cascade,
  member_id   uuid not null,                  -- a user or a group of the same provider; no reference: who is gone does not count
  member_kind text not null check (member_kind in ('user', 'group')),
  added_at    timestamptz not null default now(),
  primary key (group_id, member_id)
);
create index directory_member_of on directory.directory_member (member_id);
-- Groups inside of groups are few; what follows them never reads the members of a large one.
create index directory_member_group on directory.directory_member (group_id, member_id) where member_kind = 'group';
create index directory_member_around on directory.directory_member (member_id, group_id) where member_kind = 'group';

-- Who may have other groups now. Committed with the change; fan-out-group sends them on and removes the rows.
create table directory.membership_change (
  id          bigint generated always as identity primary key,
  group_id    uuid not null,
  member_id   uuid,                           -- null: everybody who is in the group (it was renamed or deleted)
  member_kind text check (member_kind in ('user', 'group')),
  cursor      uuid,                           -- everybody up to this user has been sent on
  changed_at  timestamptz not null default now()
);
create index membership_change_group on directory.membership_change (group_id, id);
`;

/** Written by claim-mapping. */
const mappingTables = `
create table mapping.account_directory_user (
  directory_user_id uuid primary key,
  account_id        uuid references mapping.account,   -- null while refused
  refused_code      text,
  decided_at        timestamptz not null default now(),
  check ((account_id is null) <> (refused_code is null))
);
create index account_directory_user_account on mapping.account_directory_user (account_id);

-- The name an identity was mapped with last, so that its provider's directory finds it; null: mapped by an older version.
alter table mapping.account_identity add column username_folded text;
create index account_identity_username on mapping.account_identity (username_folded) where username_folded is not null;
create index identity_subject on gateway.identity (provider, subject);
`;
