import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What providers' quirks and real signing out need: where claims came from, whose session it is, and tests of drafts. */
export class ProvidersAndSessions1763900060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(identities);
    await runner.query(sessions);
    await runner.query(logins);
    await runner.query(tests);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table gateway.provider_test_answer, console.provider_test, gateway.logout_token');
    await runner.query('drop index gateway.login_newest, gateway.session_identity, console.audit_newest');
    await runner.query('alter table gateway.login drop column reason, drop column subject');
    await runner.query(
      `alter table gateway.session drop column provider_session, drop column remembered, drop column id_token_sealed`,
    );
    await runner.query('alter table gateway.identity drop column sources');
  }
}

const identities = `
alter table gateway.identity
  add column sources jsonb not null default '{}';   -- claim -> userinfo | both; not named: the ID token alone
`;

const sessions = `
alter table gateway.session
  add column provider_session text,         -- the sid that the provider gave
  add column remembered boolean not null default false,
  add column id_token_sealed text;          -- only where signing out at the provider needs it as a hint

-- One provider's people, or one of its sessions, are signed out by a logout token.
create index session_identity on gateway.session (identity_id) where ended_at is null;

create table gateway.logout_token (
  provider     text not null,
  jti          text not null,               -- sha256 of what the provider wrote
  expires_at   timestamptz not null,
  primary key (provider, jti)
);
create index logout_token_expiry on gateway.logout_token (expires_at);
`;

/** The audit of sign-ins. */
const logins = `
alter table gateway.login
  add column reason text,                   -- the technical cause, our words and codes only
  add column subject text;                  -- whom the provider named, when that was verified
create index login_newest on gateway.login (at desc, id desc);
create index audit_newest on console.audit (at desc, id desc);
`;

const tests = `
-- A sign-in that tries a provider as it is configured or drafted, once, and leaves nothing behind.
create table console.provider_test (
  id           uuid primary key,
  secret_hash  text not null,               -- sha256 of what its address carries
  provider     text not null,
  draft_sealed text not null,               -- provider, mapping and secrets, as they were when it was made
  proves       text not null,               -- keyed hash of the part that decides who can sign in
  actor        text not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null
);
create index provider_test_expiry on console.provider_test (expires_at);

-- Its answer. The sign-in itself is a gateway.login_transaction whose interaction is test/<id>.
create table gateway.provider_test_answer (
  test_id       uuid primary key,
  begun_at      timestamptz not null default now(),
  answered_at   timestamptz,
  outcome       text,
  result_sealed text                        -- what was returned, mapped and advised
);
`;
