import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an operator sees and does: who works, what failed, actions on many jobs at once, schedules. */
export class Operations1763900030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(workers);
    await runner.query(failures);
    await runner.query(bulkActions);
    await runner.query(schedules);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table messaging.schedule;
      alter table messaging.parked_job
        drop column bulk_action_id, drop column retried_as, drop column resolution_reason, drop column group_id;
      drop table messaging.bulk_action, messaging.job_attempt, messaging.recovery, messaging.worker`);
  }
}

const workers = `
-- One row for each live process; a process that was killed leaves its row, which is silent from then on.
create table messaging.worker (
  id           uuid primary key,
  host         text not null,
  pid          integer not null,
  version      text not null,
  services     text[] not null,
  queues       text[] not null,             -- the lanes it works
  started_at   timestamptz not null,
  seen_at      timestamptz not null default now(),
  active       jsonb not null default '[]', -- ids only
  draining     boolean not null default false
);

-- What a lane has lost or taken back so far. Counters: the jobs themselves are in the outbox.
create table messaging.recovery (
  kind         text not null check (kind in ('redelivered', 're-enqueued')),
  queue        text not null,
  count        bigint not null,
  last_at      timestamptz not null,
  primary key (kind, queue)
);
`;

const failures = `
create table messaging.job_attempt (
  id           bigint generated always as identity primary key,
  job          text not null,
  queue        text not null,
  key          text not null,
  trace_id     text not null,
  attempt      integer not null,
  outcome      text not null check (outcome in ('retries', 'waits', 'parked')),
  code         text not null,
  detail       text,
  worker_id    uuid not null,               -- of a process that may be gone
  run_ms       integer not null,
  at           timestamptz not null default now()
);
create index job_attempt_key on messaging.job_attempt (job, key, id desc);
create index job_attempt_at on messaging.job_attempt (at);
`;

const bulkActions = `
create table messaging.bulk_action (
  id              uuid primary key default gen_random_uuid(),
  kind            text not null check (kind in ('retry', 'discard')),
  filter          jsonb not null,
  reason          text not null,
  actor           text not null,
  idempotency_key text not null unique,
  state           text not null default 'running' check (state in ('running', 'paused', 'done', 'cancelled')),
  paused_why      text,
  total           integer not null,
  done            integer not null default 0,
  canary          integer not null,         -- so many first, and their end is waited for
  canary_passed   boolean not null default false,
  rate_per_second integer not null,
  error_threshold double precision not null, -- share of retries that fail again, in (0, 1]
  judged_from     timestamptz not null default now(),
  next_step_at    timestamptz not null default now(),
  created_at      timestamptz not null default now(),
  finished_at     timestamptz
);
create index bulk_action_running on messaging.bulk_action (next_step_at) where state = 'running';

alter table messaging.parked_job
  add column group_id          text,        -- of equal failures; null: parked by an older version
  add column resolution_reason text,
  add column retried_as        bigint,      -- the outbox row of the retry
  add column bulk_action_id    uuid references messaging.bulk_action on delete set null;
create index parked_job_group on messaging.parked_job (group_id) where resolved_at is null;
create index parked_job_queue on messaging.parked_job (queue) where resolved_at is null;
create index parked_job_bulk_action on messaging.parked_job (bulk_action_id, resolved_at) where bulk_action_id is not null;
create index parked_job_resolved on messaging.parked_job (resolved_at) where resolved_at is not null;
`;

const schedules = `
create table messaging.schedule (
  name          text primary key,
  every_seconds integer not null,
  next_run_at   timestamptz not null,
  last_run_at   timestamptz,
  last_trace_id text,
  last_outcome  text check (last_outcome in ('running', 'done', 'parked')),
  last_error    text,                       -- an error code
  paused_at     timestamptz,
  paused_by     text,
  reason        text
);
`;
