import { schedules as systemSchedules } from '@gatehouse/contracts';
import type { ScheduleDefinition } from '@gatehouse/contracts';
import { newTraceId } from '@gatehouse/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import type { Outbox } from '../outbox.js';

export interface ScheduleState {
  readonly name: string;
  readonly everySeconds: number;
  readonly nextRunAt: Date;
  readonly lastRunAt: Date | null;
  readonly lastTraceId: string | null;
  readonly lastOutcome: 'running' | 'done' | 'parked' | null;
  /** An error code. */
  readonly lastError: string | null;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly reason: string | null;
}

export type ScheduleChanged = 'changed' | 'not-found' | 'not-possible';

/** Rows in PostgreSQL that publish an event when they are due (decision 8). */
export class Schedules {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly definitions: readonly ScheduleDefinition[] = systemSchedules,
  ) {}

  /** A new one runs for the first time after its interval: a start is busy enough. */
  async ensure(): Promise<void> {
    for (const { name, everySeconds } of this.definitions)
      await this.dataSource.query(
        `insert into messaging.schedule (name, every_seconds, next_run_at)
         values ($1, $2::integer, now() + $2::integer * interval '1 second')
         on conflict (name) do update set every_seconds = excluded.every_seconds
         where schedule.every_seconds <> excluded.every_seconds`,
        [name, everySeconds],
      );
  }

  /** Publishes what is due, once, whichever process gets the row. Missed times are not made up for. */
  async step(): Promise<void> {
    await this.dataSource.query(noteEndings);
    const due = await this.dataSource.query<{ name: string }[]>(
      `select name from messaging.schedule where name = any($1) and next_run_at <= now() and paused_at is null`,
      [this.definitions.map(({ name }) => name)],
    );
    for (const { name } of due) await this.dataSource.transaction((manager) => this.publishDue(manager, name));
  }

  async list(): Promise<readonly (ScheduleState & { readonly meaning: string })[]> {
    await this.dataSource.query(noteEndings);
    const rows = await this.dataSource.query<ScheduleState[]>(scheduleRows);
    return rows.flatMap((row) => {
      const definition = this.definitions.find(({ name }) => name === row.name);
      return definition ? [{ ...row, meaning: definition.meaning }] : [];
    });
  }

  /** Also while it is paused: somebody asked. */
  async runNow(manager: EntityManager, name: string): Promise<ScheduleChanged> {
    if (!(await this.lock(manager, name))) return 'not-found';
    await this.publish(manager, name);
    return 'changed';
  }

  async pause(manager: EntityManager, name: string, by: { actor: string; reason: string }): Promise<ScheduleChanged> {
    if (!(await this.lock(manager, name))) return 'not-found';
    await manager.query(
      'update messaging.schedule set paused_at = now(), paused_by = $2, reason = $3 where name = $1',
      [name, by.actor, by.reason],
    );
    return 'changed';
  }

  /** What was due meanwhile runs at once, one time. */
  async resume(manager: EntityManager, name: string): Promise<ScheduleChanged> {
    if (!(await this.lock(manager, name))) return 'not-found';
    const [, resumed] = await manager.query<[unknown, number]>(
      `update messaging.schedule set paused_at = null, paused_by = null, reason = null
       where name = $1 and paused_at is not null`,
      [name],
    );
    return resumed > 0 ? 'changed' : 'not-possible';
  }

  private async lock(manager: EntityManager, name: string): Promise<boolean> {
    const known = this.definitions.some((definition) => definition.name === name);
    const rows = await manager.query<unknown[]>('select 1 from messaging.schedule where name = $1 for update', [name]);
    return known && rows.length > 0;
  }

  /** Another replica may have been faster since this one looked. */
  private async publishDue(manager: EntityManager, name: string): Promise<void> {
    const still = await manager.query<unknown[]>(
      `select 1 from messaging.schedule where name = $1 and next_run_at <= now() and paused_at is null
       for update skip locked`,
      [name],
    );
    if (still.length > 0) await this.publish(manager, name);
  }

  private async publish(manager: EntityManager, name: string): Promise<void> {
    const { event } = this.definitions.find((definition) => definition.name === name)!;
    const traceId = newTraceId();
    await this.outbox.publish(manager, event, { traceId });
    await manager.query(
      `update messaging.schedule set last_run_at = now(), last_trace_id = $2, last_outcome = 'running', last_error = null,
         next_run_at = now() + every_seconds * interval '1 second'
       where name = $1`,
      [name, traceId],
    );
  }
}

/** From the rows of the run; noted, because those are deleted by age. */
const noteEndings = `
update messaging.schedule as schedule set last_outcome = ended.outcome, last_error = ended.code
from (
  select row.trace_id, case when bool_or(row.outcome = 'parked') then 'parked' else 'done' end as outcome,
    max(parked.code) as code
  from messaging.schedule as running
  join messaging.outbox as row on row.trace_id = running.last_trace_id
  left join messaging.parked_job as parked on parked.trace_id = row.trace_id and parked.resolved_at is null
  where running.last_outcome <> 'done'
  group by row.trace_id having bool_and(row.state = 'settled')
) as ended
where schedule.last_trace_id = ended.trace_id
  and (schedule.last_outcome, schedule.last_error) is distinct from (ended.outcome, ended.code)`;

const scheduleRows = `
select name, every_seconds as "everySeconds", next_run_at as "nextRunAt", last_run_at as "lastRunAt",
  last_trace_id as "lastTraceId", last_outcome as "lastOutcome", last_error as "lastError", paused_at as "pausedAt",
  paused_by as "pausedBy", reason
from messaging.schedule order by name`;
