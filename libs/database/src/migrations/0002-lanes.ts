import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the queue store cannot be trusted to remember: who we are, whether it lost everything, which lanes are paused. */
export class Lanes1763900020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(laneTables);
    await runner.query(delayedRows);
    await runner.query(churn);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table messaging.outbox reset (
        autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor, autovacuum_vacuum_cost_limit);
      drop index messaging.outbox_created;
      drop index messaging.outbox_delayed;
      drop index messaging.outbox_open;
      create index outbox_open on messaging.outbox (queue, id) where state = 'open';
      alter table messaging.outbox drop column retry_at, drop column not_before;
      drop table messaging.lane_state, messaging.store_epoch, messaging.installation`);
  }
}

const laneTables = `
-- Names this installation where it shares a server with others, in Redis.
create table messaging.installation (
  only_row     boolean primary key default true check (only_row),
  id           uuid not null default gen_random_uuid()
);

-- The store holds the same epoch. Where it holds none or another, it has lost what was sent to it.
create table messaging.store_epoch (
  store        text primary key,
  epoch        uuid not null,
  set_at       timestamptz not null default now()
);

-- A row is a paused lane: the truth, which is applied to the store again and again.
create table messaging.lane_state (
  queue        text primary key,
  paused_at    timestamptz not null default now(),
  paused_by    text not null,
  reason       text not null,
  resume_at    timestamptz
);
`;

/** Rows that are not due have an index of their own: taking the oldest due ones never wades through them. */
const delayedRows = `
alter table messaging.outbox
  add column not_before timestamptz,   -- a fact about later: not sent, and covered by no run, before
  add column retry_at   timestamptz;   -- its job failed and waits until then
drop index messaging.outbox_open;
create index outbox_open on messaging.outbox (queue, id) where state = 'open' and not_before is null;
create index outbox_delayed on messaging.outbox (queue, not_before) where state = 'open' and not_before is not null;
`;

/**
 * Every row is written three times within a moment. By the defaults a table of a million settled rows would gather
 * 200,000 dead ones before it is cleaned, and each look for open rows would walk through their index entries.
 */
const churn = `
create index outbox_created on messaging.outbox using brin (created_at) with (pages_per_range = 32, autosummarize = on);
alter table messaging.outbox set (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_cost_limit = 2000);
`;
