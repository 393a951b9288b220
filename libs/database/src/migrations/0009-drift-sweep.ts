import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far a sweep over the accounts has come, and what the runs that it started have found. */
export class DriftSweep1763900090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sweeps);
    await runner.query(report);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop view sync.drift_report; drop table sync.drift_sweep');
  }
}

const sweeps = `
create table sync.drift_sweep (
  scope       text primary key,             -- not-seen-for-long | all; of each the latest
  trace_id    text not null,                -- of all runs that it started
  cursor      uuid,                         -- the last account that was sent on
  sent        integer not null default 0,
  started_at  timestamptz not null default now(),
  finished_at timestamptz                   -- all are sent on; their runs may still be under way
);
`;

/** By the last run of each account. One that a sign-in has just verified needs none. */
const report = `
create view sync.drift_report as
select sweep.scope, sweep.started_at, sweep.finished_at, sweep.sent, found.*
from sync.drift_sweep as sweep cross join lateral (
  select count(*)::integer as checked,
    (count(*) filter (where outcome <> 'unchanged' or code is not null or plan ? 'held'))::integer as differing,
    (count(*) filter (where outcome = 'applied'))::integer as repaired
  from (
    select distinct on (account_id) outcome, code, plan from sync.reconcile_run as run
    where run.trace_id = sweep.trace_id and outcome not in ('outage', 'cut-short') and lane = 'bulk'
    order by account_id, id desc
  ) as latest
) as found;
`;
