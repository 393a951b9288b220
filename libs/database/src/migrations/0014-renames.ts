import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jira users that are to have another name, and an administrator's word on them. */
export class Renames1763900140000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(renames);
    await runner.query(waitingSignIns);
    await runner.query(namesWithoutAccents);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index gateway.login_transaction_waiting, mapping.account_name_without_accents;
      drop table console.rename_order, sync.rename`);
  }
}

const renames = `
-- The latest of each account.
create table sync.rename (
  account_id   uuid primary key,
  jira_key     text not null,
  from_name    text not null,               -- as Jira spells it
  to_name      text not null,               -- as the provider gives it
  state        text not null check (state in ('reported', 'pending', 'under-way', 'blocked', 'done')),
  code         text,                        -- why it is blocked, or what it waits for
  trace_id     text not null,
  noticed_at   timestamptz not null default now(),
  changed_at   timestamptz not null default now()
);
create index rename_listed on sync.rename (changed_at desc, account_id desc);

-- Written by the console. An order is about one name: who is given yet another one since needs another word.
create table console.rename_order (
  account_id   uuid primary key,
  to_name      text not null,
  actor        text not null,
  reason       text not null,
  ordered_at   timestamptz not null default now()
);
`;

/** Only those that wait for their account: a sign-in of somebody known never enters it. */
const waitingSignIns = `
create index login_transaction_waiting on gateway.login_transaction (identity_id)
  where identity_id is not null and finished_at is null`;

/** Names that people take for one another are found without reading everybody's. */
const namesWithoutAccents = `
create index account_name_without_accents on mapping.account
  (lower(regexp_replace(normalize(name_folded, nfkd), '[\\u0300-\\u036f]', '', 'g')))`;
