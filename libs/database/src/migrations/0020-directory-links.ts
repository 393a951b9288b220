import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom directories met, and what administrators decided about it and about groups before a first synchronization. */
export class DirectoryLinks1763900200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(meetings);
    await runner.query(adoptions);
    await runner.query(decisions);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table console.group_decision, console.link_decision, sync.adoption_question');
    await runner.query('alter table sync.jira_account drop column administers');
    await runner.query('drop index mapping.account_directory_user_asked');
    await runner.query('drop table mapping.directory_meeting');
  }
}

const meetings = `
-- Written by claim-mapping, and never changed: who met which account by what, and what became of it.
create table mapping.directory_meeting (
  id                bigint generated always as identity primary key,
  directory_user_id uuid not null,
  account_id        uuid not null,
  met_by            text not null check (met_by in ('externalId', 'userName', 'email', 'jiraUser')),
  outcome           text not null check (outcome in ('linked', 'asked', 'refused')),
  code              text,                     -- asked: why it would not be linked without; refused: why
  at                timestamptz not null default now()
);
create index directory_meeting_newest on mapping.directory_meeting (directory_user_id, id desc);
create index account_directory_user_asked on mapping.account_directory_user (directory_user_id)
  where refused_code = 'match.link_undecided';
`;

const adoptions = `
-- Seen by the last run that came to its end; null: by none of this version.
alter table sync.jira_account add column administers boolean;

-- Written by group-sync: the Jira user that an account would adopt, if somebody says so.
create table sync.adoption_question (
  account_id  uuid primary key,
  jira_key    text not null,
  username    text not null,
  code        text not null,
  asked_at    timestamptz not null default now()
);
`;

const decisions = `
-- Written by the console. A decision is about one account or one Jira user: of another one it says nothing.
create table console.link_decision (
  directory_user_id uuid not null,
  target            text not null,            -- account/<id> or jira/<key>
  verdict           text not null check (verdict in ('link', 'separate', 'refuse')),
  actor             text not null,
  reason            text not null,
  decided_at        timestamptz not null default now(),
  primary key (directory_user_id, target)
);

-- Of groups under review; applied they are part of the configuration.
create table console.group_decision (
  group_id    uuid primary key,
  provider    text not null,
  verdict     text not null check (verdict in ('link', 'rename', 'skip')),
  to_group    text check ((to_group is null) = (verdict = 'skip')),
  actor       text not null,
  reason      text not null,
  decided_at  timestamptz not null default now()
);
create index group_decision_provider on console.group_decision (provider);
`;
