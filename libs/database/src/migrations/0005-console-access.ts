import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens get names, roles and an end; browsers get a session made from one of them. */
export class ConsoleAccess1763900050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tokens);
    await runner.query(sessions);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table console.session');
    await runner.query(
      `alter table console.api_token drop column role, drop column expires_at, drop column last_used_at, drop column created_by`,
    );
  }
}

/** The one token of an older installation is the administrator's. */
const tokens = `
alter table console.api_token
  add column role text not null default 'admin' check (role in ('viewer', 'operator', 'admin', 'auditor')),
  add column expires_at timestamptz,        -- null: until it is revoked
  add column last_used_at timestamptz,      -- at most one write a minute
  add column created_by text not null default 'start';
alter table console.api_token alter column role drop default, alter column created_by drop default;
`;

const sessions = `
create table console.session (
  id           uuid primary key default gen_random_uuid(),
  secret_hash  text not null unique,        -- sha256 of the cookie
  api_token_id uuid references console.api_token on delete set null,
  actor        text not null,               -- for the audit: session:<name of the token>
  role         text not null check (role in ('viewer', 'operator', 'admin', 'auditor')),
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null,        -- absolute
  ended_at     timestamptz,
  ended_reason text
);
create index session_api_token on console.session (api_token_id) where ended_at is null;
create index session_expiry on console.session (expires_at);
`;
