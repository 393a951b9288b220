import type { Logger } from '@gatehouse/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import { discardParked, retryParked } from '../parked-jobs.js';
import { nextBulkStep } from './bulk-pace.js';
import type { BulkEndings, BulkStanding } from './bulk-pace.js';

interface DueAction extends BulkStanding {
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
  readonly judgedFrom: Date;
}

/** So many newest retries tell how it goes. */
const judgedMax = 200;

/** Works off actions on many jobs, a second's worth at a time, whichever process gets the row's lock. */
export class BulkRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  /** @returns whether an action is running, so that the next step is due within a second */
  async step(): Promise<boolean> {
    const running = await this.dataSource.query<unknown[]>(
      `select 1 from messaging.bulk_action where state = 'running' limit 1`,
    );
    if (running.length === 0) return false;
    await this.dataSource.transaction(async (manager) => {
      const [action] = await manager.query<DueAction[]>(takeDue);
      if (action) await this.advance(manager, action);
    });
    return true;
  }

  private async advance(manager: EntityManager, action: DueAction): Promise<void> {
    const step = nextBulkStep(action, await endingsOf(manager, action));
    switch (step.kind) {
      case 'wait':
        return;
      case 'pause':
        await manager.query(`update messaging.bulk_action set state = 'paused', paused_why = $2 where id = $1`, [
          action.id,
          step.why,
        ]);
        this.logger.warn({ bulkAction: action.id, why: step.why }, 'an action on parked jobs stopped by itself');
        return;
      case 'take':
        await this.take(manager, action, step.jobs, step.canaryPassed);
    }
  }

  private async take(manager: EntityManager, action: DueAction, jobs: number, canaryPassed: boolean): Promise<void> {
    const items = await manager.query<{ id: string; traceId: string }[]>(
      `select id, trace_id as "traceId" from messaging.parked_job
       where bulk_action_id = $1 and resolved_at is null order by parked_at, id limit $2 for update skip locked`,
      [action.id, jobs],
    );
    const sql = action.kind === 'retry' ? retryParked : discardParked;
    const by = [items.map(({ id }) => id), action.actor, action.reason];
    const [row] = items.length > 0 ? await manager.query<{ resolved: number }[]>(sql, by) : [{ resolved: 0 }];
    await manager.query(record, [action.id, row!.resolved, canaryPassed]);
    // The trace ids tell the runs that this action caused from all others.
    for (const { id, traceId } of items)
      this.logger.info({ bulkAction: action.id, parked: id, traceId }, `${action.kind} by an action on many jobs`);
  }
}

async function endingsOf(manager: EntityManager, { id, judgedFrom }: DueAction): Promise<BulkEndings> {
  const [row] = await manager.query<BulkEndings[]>(
    `select (count(*) filter (where retried.state <> 'settled'))::integer as pending,
            (count(*) filter (where retried.outcome in ('applied', 'superseded')))::integer as applied,
            (count(*) filter (where retried.outcome = 'parked'))::integer as failed
     from (select retried_as from messaging.parked_job
           where bulk_action_id = $1 and resolved_at >= $2 and retried_as is not null
           order by resolved_at desc limit ${judgedMax}) as newest
     join messaging.outbox as retried on retried.id = newest.retried_as`,
    [id, judgedFrom],
  );
  return row!;
}

/** The lock and the time of the next step keep several processes at one pace. */
const takeDue = `
with due as (
  select id from messaging.bulk_action where state = 'running' and next_step_at <= now()
  order by next_step_at limit 1 for update skip locked
), taken as (
  update messaging.bulk_action as action set next_step_at = now() + interval '1 second' from due where action.id = due.id
  returning action.*
)
select id, kind, actor, reason, done, canary, canary_passed as "canaryPassed", rate_per_second as "ratePerSecond",
  error_threshold::float8 as "errorThreshold", judged_from as "judgedFrom"
from taken`;

/** Done when nothing is left to handle; how the last retries end is told by their rows. */
const record = `
update messaging.bulk_action as action set done = done + $2, canary_passed = $3,
  state = case when left_over.any then state else 'done' end,
  finished_at = case when left_over.any then null else now() end
from (select exists (
  select 1 from messaging.parked_job where bulk_action_id = $1 and resolved_at is null) as any) as left_over
where action.id = $1`;
