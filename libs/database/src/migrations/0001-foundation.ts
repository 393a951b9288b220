import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first shape of every schema. Each table has one writing service; the others read. */
export class Foundation1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(schemas);
    await runner.query(consoleTables);
    await runner.query(gatewayTables);
    await runner.query(mappingTables);
    await runner.query(syncTables);
    await runner.query(messagingTables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema if exists messaging, sync, mapping, gateway, console cascade');
  }
}

const schemas = `
create schema if not exists console;
create schema if not exists gateway;
create schema if not exists mapping;
create schema if not exists sync;
create schema if not exists messaging;
`;

/** Written by console. */
const consoleTables = `
create table console.config_version (
  version      integer generated always as identity primary key,
  document     jsonb not null,              -- without secrets
  actor        text not null,
  created_at   timestamptz not null default now()
);

create table console.secret (
  name         text primary key,            -- e.g. providers.cognito.clientSecret
  sealed       text not null,               -- AES-256-GCM, key id inside
  fingerprint  text not null,               -- keyed hash, to see whether an apply changes it
  updated_at   timestamptz not null default now()
);

create table console.api_token (
  id           uuid primary key default gen_random_uuid(),
  name         text not null unique,
  token_hash   text not null unique,        -- sha256 of 256 random bits
  created_at   timestamptz not null default now()
);

create table console.jira_registration (
  client_id    text primary key,
  idp_id       bigint,                      -- Jira's id of the entry we made
  applied      text,                        -- hash of what Jira was last told
  registered_at timestamptz
);

create table console.audit (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default now(),
  actor        text not null,
  action       text not null,
  object       text,
  details      jsonb not null default '{}',
  trace_id     text
);
`;

/** Written by auth-gateway. */
const gatewayTables = `
create table gateway.identity (
  id           uuid primary key default gen_random_uuid(),
  provider     text not null,
  issuer       text not null,
  subject      text not null,
  claims       jsonb not null,
  claims_changed_at timestamptz not null default now(),
  verified_at  timestamptz not null default now(),
  created_at   timestamptz not null default now(),
  unique (provider, issuer, subject)
);

create table gateway.login (
  id           uuid primary key,            -- the reference a person can quote
  at           timestamptz not null default now(),
  provider     text not null,
  identity_id  uuid references gateway.identity,
  outcome      text not null check (outcome in ('accepted', 'refused', 'failed')),
  code         text,
  trace_id     text not null,
  duration_ms  integer not null
);
create index login_trace on gateway.login (trace_id);

-- One sign-in at a provider. The browser holds the only copy of the secret from which nonce and verifier are derived.
create table gateway.login_transaction (
  id           uuid primary key,            -- sent to the provider as state
  secret_hash  text not null,               -- sha256 of the cookie's secret
  provider     text not null,
  interaction  text not null,               -- oidc-provider's interaction to go on with
  trace_id     text not null,
  login_id     uuid,                        -- set once the provider's answer was committed
  identity_id  uuid,
  expires_at   timestamptz not null,
  consumed_at  timestamptz,
  finished_at  timestamptz
);
create index login_transaction_expiry on gateway.login_transaction (expires_at);

create table gateway.session (
  id           uuid primary key,            -- public reference; also the OP's grant id
  token_hash   text not null unique,        -- sha256 of the cookie
  identity_id  uuid not null references gateway.identity,
  account_id   uuid not null,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null,        -- absolute limit
  ended_at     timestamptz,
  ended_reason text
);
create index session_account on gateway.session (account_id) where ended_at is null;
create index session_expiry on gateway.session (expires_at);

create table gateway.op_model (
  model        text not null,
  id           text not null,
  payload      jsonb not null,
  grant_id     text,
  uid          text,
  user_code    text,
  expires_at   timestamptz,
  consumed_at  timestamptz,
  primary key (model, id)
);
create index op_model_grant on gateway.op_model (grant_id) where grant_id is not null;
create index op_model_uid on gateway.op_model (model, uid) where uid is not null;
create index op_model_expiry on gateway.op_model (expires_at);

create table gateway.op_key (
  id           uuid primary key default gen_random_uuid(),
  purpose      text not null check (purpose in ('signing', 'cookies', 'client-secret')),
  sealed       text not null,
  created_at   timestamptz not null default now(),
  retired_at   timestamptz
);
create unique index op_key_current on gateway.op_key (purpose) where retired_at is null;
`;

/** Written by claim-mapping. */
const mappingTables = `
create table mapping.account (
  id           uuid primary key default gen_random_uuid(),
  name_folded  text not null unique,        -- the candidate username, folded: two identities of one name meet here
  created_at   timestamptz not null default now()
);

create table mapping.account_identity (
  identity_id  uuid primary key,
  account_id   uuid references mapping.account,   -- null while refused
  refused_code text,
  decided_at   timestamptz not null default now(),
  check ((account_id is null) <> (refused_code is null))
);
create index account_identity_account on mapping.account_identity (account_id);

create table mapping.desired_access (
  account_id     uuid primary key references mapping.account,
  version        integer not null,          -- grows only when the content changes
  content        jsonb not null,            -- DesiredAccess of libs/mapping
  config_version integer not null,
  decided_at     timestamptz not null default now()
);
`;

/** Written by group-sync. */
const syncTables = `
create table sync.jira_account (
  account_id      uuid primary key,
  jira_key        text unique,              -- immutable at Jira; pinned once
  username        text,                     -- exact spelling at Jira
  active          boolean,
  created_by_us   boolean not null default false,
  create_intent   jsonb,                    -- committed before a create, so that "already exists" can be told from an accident
  state           text not null check (state in ('pending', 'ready', 'refused', 'failed')),
  code            text,                     -- why it is pending, refused or failed
  taken_by        uuid,                     -- with match.key_taken: the account that holds the key
  applied_version integer,
  verified_at     timestamptz,              -- key -> name seen in Jira
  updated_at      timestamptz not null default now()
);
create index jira_account_username on sync.jira_account (lower(username));

create table sync.reconcile_run (
  id           bigint generated always as identity primary key,
  account_id   uuid not null,
  version      integer,
  trace_id     text not null,
  outcome      text not null,               -- applied | unchanged | refused | outage | failed
  code         text,
  plan         jsonb,
  jira_calls   integer not null default 0,
  started_at   timestamptz not null,
  finished_at  timestamptz not null
);
create index reconcile_run_account on sync.reconcile_run (account_id, id desc);
create index reconcile_run_trace on sync.reconcile_run (trace_id);
`;

/** Written by libs/messaging, whichever process runs it. */
const messagingTables = `
create table messaging.outbox (
  id           bigint generated always as identity primary key,
  event        text not null,
  job          text not null,
  queue        text not null,
  key          text not null,
  payload      jsonb not null,
  trace_id     text not null,
  state        text not null default 'open' check (state in ('open', 'sent', 'settled')),
  outcome      text check (outcome in ('applied', 'superseded', 'parked', 'discarded')),
  created_at   timestamptz not null default now(),
  sent_at      timestamptz,
  settled_at   timestamptz,
  check ((state = 'settled') = (outcome is not null))
);
create index outbox_open on messaging.outbox (queue, id) where state = 'open';
create index outbox_sent on messaging.outbox (queue, id) where state = 'sent';
create index outbox_unsettled_key on messaging.outbox (job, key, id) where state <> 'settled';
create index outbox_trace on messaging.outbox (trace_id);
create index outbox_settled on messaging.outbox (settled_at) where state = 'settled';

create table messaging.parked_job (
  id           uuid primary key default gen_random_uuid(),
  job          text not null,
  queue        text not null,
  key          text not null,
  payload      jsonb not null,
  trace_id     text not null,
  code         text not null,
  message      text not null,
  detail       text,
  attempts     integer not null,
  outbox_ids   bigint[] not null,
  parked_at    timestamptz not null default now(),
  resolved_at  timestamptz,
  resolution   text check (resolution in ('retried', 'discarded', 'superseded')),
  resolved_by  text
);
create index parked_job_open on messaging.parked_job (parked_at desc, id) where resolved_at is null;
create index parked_job_key on messaging.parked_job (job, key) where resolved_at is null;

-- The identity of this installation's encryption key, so that a process with another key stops at start.
create table console.installation (
  only_row     boolean primary key default true check (only_row),
  key_check    text not null
);
`;
