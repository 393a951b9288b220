import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With what identity providers push: several tokens for each provider, and what was last asked with them. */
export class ScimTokens1763900180000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Written by the console.
      create table console.scim_token (
        id           uuid primary key default gen_random_uuid(),
        provider     text not null,             -- the token tells whose people they are: there is one address for all
        name         text not null,
        token_hash   text not null unique,      -- sha256 of 256 random bits
        created_at   timestamptz not null default now(),
        created_by   text not null,
        expires_at   timestamptz                -- null: until it is revoked
      );
      create index scim_token_provider on console.scim_token (provider, created_at, id);

      -- Written by scim-ingest.
      create table directory.token_use (
        token_id     uuid primary key,
        last_used_at timestamptz not null       -- at most one write a minute
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table directory.token_use, console.scim_token');
  }
}
