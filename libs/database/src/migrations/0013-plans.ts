import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an edited configuration was foreseen to do, and why a version was written. */
export class Plans1763900130000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(plans);
    await runner.query(versions);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table console.config_version drop column note, drop column restored_from;
      drop table console.plan`);
  }
}

const plans = `
-- A row is a complete plan. Whom it names is told once and not kept.
create table console.plan (
  id              uuid primary key,
  base_version    integer not null,
  document_print  text not null,            -- keyed hash of the edited document and of the secrets that came with it
  begun_at        timestamptz not null,     -- by the database's clock
  accounts        integer not null,         -- that were there then
  totals          jsonb not null,           -- numbers, and names of groups
  actor           text not null,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz not null
);
create index plan_expiry on console.plan (expires_at);
`;

const versions = `
alter table console.config_version
  add column note text,
  add column restored_from integer;
`;
