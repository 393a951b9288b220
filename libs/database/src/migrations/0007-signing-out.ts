import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ending sessions from outside: by an operator, by the provider; and keys of the OP that can be renewed. */
export class SigningOut1763900072000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sessions);
    await runner.query(transactions);
    await runner.query(orders);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table console.op_key_rotation, console.session_revocation');
    await runner.query(
      `alter table gateway.login_transaction
         drop column provider_session, drop column id_token_sealed, drop column authenticated_at`,
    );
    await runner.query('drop index gateway.session_newest');
    await runner.query('alter table gateway.session drop column authenticated_at');
  }
}

const sessions = `
alter table gateway.session
  add column authenticated_at timestamptz not null default now();   -- the provider's auth_time, where it said one
update gateway.session set authenticated_at = created_at;
create index session_newest on gateway.session (created_at desc, id desc) where ended_at is null;
`;

/** What the session will need, while the person waits for the account. */
const transactions = `
alter table gateway.login_transaction
  add column provider_session text,
  add column id_token_sealed text,
  add column authenticated_at timestamptz;
`;

/**
 * What an operator wants of the gateway. Never marked as done: the gateway makes its own tables equal to it, as often as
 * it looks, so that nothing is lost between the two.
 */
const orders = `
create table console.session_revocation (
  id           uuid primary key,
  ordered_at   timestamptz not null default clock_timestamp(),   -- sessions opened later are not meant
  actor        text not null,
  reason       text not null,
  session_id   uuid,                        -- every member that is given must fit
  account_id   uuid,
  identity_id  uuid,
  provider     text,
  check (num_nonnulls(session_id, account_id, identity_id, provider) > 0)
);
create index session_revocation_newest on console.session_revocation (ordered_at);

create table console.op_key_rotation (
  id           uuid primary key,
  ordered_at   timestamptz not null default clock_timestamp(),   -- keys made before are to sign no more
  actor        text not null,
  reason       text not null
);
`;
