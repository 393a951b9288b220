import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Complete lists of a provider's people, and whom they lack. */
export class Cleanups1763900220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table directory.cleanup (
        id             uuid primary key default gen_random_uuid(),
        provider       text not null,
        listed_by      text not null check (listed_by in ('userName', 'externalId', 'id')),
        listed_at      timestamptz not null,      -- when the list was begun: who came or changed later is not missing
        actor          text not null,
        created_at     timestamptz not null default now(),
        planned_at     timestamptz,               -- null: the list is not complete
        config_version integer,
        action         text check (action in ('deactivate', 'remove', 'keep')),
        counts         jsonb,
        held           text,                      -- what went over the brake
        begun_at       timestamptz,               -- null: nothing was changed yet
        done_at        timestamptz,
        changed        integer not null default 0,
        skipped        integer not null default 0 -- changed by the provider between the plan and its turn
      );
      create index cleanup_age on directory.cleanup (created_at);

      -- Gone once the plan is made.
      create table directory.cleanup_listed (
        cleanup_id uuid not null references directory.cleanup on delete cascade,
        value      text not null,
        primary key (cleanup_id, value)
      );

      -- Whom the list lacks. A row goes in the commit that changes the person.
      create table directory.cleanup_person (
        cleanup_id        uuid not null references directory.cleanup on delete cascade,
        directory_user_id uuid not null,
        version           bigint not null,
        primary key (cleanup_id, directory_user_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table directory.cleanup_person, directory.cleanup_listed, directory.cleanup');
  }
}
