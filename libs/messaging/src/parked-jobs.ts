import type { TraceId } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { z } from 'zod';
import { parkedCondition } from './parked-filter.js';
import type { ParkedFilter } from './parked-filter.js';

/** A job that failed for good until a person looks. */
export interface ParkedJob {
  readonly id: string;
  readonly job: string;
  /** `service.lane` */
  readonly queue: string;
  readonly key: string;
  readonly traceId: TraceId;
  readonly code: ErrorCode;
  /** Public. */
  readonly message: string;
  /** For operators only. */
  readonly detail: string | null;
  readonly attempts: number;
  readonly parkedAt: Date;
  /** Of equal failures; null: parked by an older version and not looked at yet. */
  readonly group: string | null;
  /** The action on many jobs that it waits in. */
  readonly bulkActionId: string | null;
}

export interface ParkedJobsPage {
  /** Newest first. */
  readonly items: readonly ParkedJob[];
  /** Pass as `after` for the next page; undefined on the last one. */
  readonly next: string | undefined;
}

export interface Resolution {
  readonly actor: string;
  readonly reason?: string | undefined;
}

export type Resolved = 'resolved' | 'not-found' | 'already-resolved';

const pageSizeMax = 200;

export const parkedColumns = `parked.id, parked.job, parked.queue, parked.key, parked.trace_id as "traceId", parked.code,
  parked.message, parked.detail, parked.attempts, parked.parked_at as "parkedAt", parked.group_id as "group",
  parked.bulk_action_id as "bulkActionId"`;

/** What waits for an operator. */
export class ParkedJobs {
  constructor(private readonly dataSource: DataSource) {}

  /** @param after `next` of the page before */
  async list(page: { limit: number; after?: string | undefined; filter?: ParkedFilter }): Promise<ParkedJobsPage> {
    const size = Math.min(Math.max(1, page.limit), pageSizeMax);
    const cursor = z.uuid().safeParse(page.after).data ?? null;
    const { sql, parameters } = parkedCondition(page.filter ?? {}, 3);
    const rows = await this.dataSource.query<ParkedJob[]>(
      `select ${parkedColumns} from messaging.parked_job as parked
       where resolved_at is null
         and ($2::uuid is null
              or (parked_at, id) < (select last.parked_at, last.id from messaging.parked_job as last where last.id = $2))
         ${sql}
       order by parked_at desc, id desc limit $1`,
      [size + 1, cursor, ...parameters],
    );
    const items = rows.slice(0, size);
    return { items, next: rows.length > size ? items.at(-1)!.id : undefined };
  }

  /** How many wait in all, and for how long the oldest has. */
  async pile(): Promise<{ count: number; oldestSeconds: number }> {
    const [row] = await this.dataSource.query<{ count: number; oldestSeconds: number }[]>(
      `select count(*)::integer as count,
              coalesce(extract(epoch from now() - min(parked_at)), 0)::float8 as "oldestSeconds"
       from messaging.parked_job where resolved_at is null`,
    );
    return row!;
  }

  /** The lane of one, whether it still waits or not. */
  async queueOf(id: string): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ queue: string }[]>(
      'select queue from messaging.parked_job where id = $1',
      [id],
    );
    return row?.queue;
  }

  /** Starts the job once more from the present state, in the same commit that resolves the entry. Idempotent. */
  async retry(id: string, resolution: Resolution, manager: EntityManager = this.dataSource.manager): Promise<Resolved> {
    return this.resolve(id, retryParked, resolution, manager);
  }

  /** Ends it without a run. What the person should have is as before: the next trigger reconciles it. Idempotent. */
  async discard(id: string, resolution: Resolution, manager: EntityManager): Promise<Resolved> {
    return this.resolve(id, discardParked, resolution, manager);
  }

  private async resolve(id: string, sql: string, by: Resolution, manager: EntityManager): Promise<Resolved> {
    if (!z.uuid().safeParse(id).success) return 'not-found';
    const [row] = await manager.query<{ resolved: number }[]>(sql, [[id], by.actor, by.reason ?? null]);
    if (row!.resolved > 0) return 'resolved';
    return (await this.queueOf(id)) === undefined ? 'not-found' : 'already-resolved';
  }
}

/**
 * Parameters: ids, actor, reason. A fresh row and not the old ones: those may have been deleted by age, the entry is
 * kept. The entry names its row, so that how the retry ended can be told.
 */
export const retryParked = `
with resolved as (
  update messaging.parked_job set resolved_at = now(), resolution = 'retried', resolved_by = $2, resolution_reason = $3,
    retried_as = nextval(pg_get_serial_sequence('messaging.outbox', 'id'))
  where id = any($1::uuid[]) and resolved_at is null returning *
), superseded as (
  update messaging.outbox set outcome = 'superseded'
  where outcome = 'parked' and id in (select unnest(outbox_ids) from resolved) returning 1
), reopened as (
  insert into messaging.outbox (id, event, job, queue, key, payload, trace_id) overriding system value
  select retried_as, 'job.retried', job, queue, key, payload, trace_id from resolved returning 1
), outcome as (
  select (select count(*) from reopened)::integer as resolved, (select count(*) from superseded) as superseded
)
select resolved, case when resolved > 0 then pg_notify('gatehouse_outbox', '') end from outcome`;

/** Parameters: ids, actor, reason. */
export const discardParked = `
with resolved as (
  update messaging.parked_job set resolved_at = now(), resolution = 'discarded', resolved_by = $2, resolution_reason = $3
  where id = any($1::uuid[]) and resolved_at is null returning outbox_ids
), discarded as (
  update messaging.outbox set outcome = 'discarded'
  where outcome = 'parked' and id in (select unnest(outbox_ids) from resolved) returning 1
)
select (select count(*) from resolved)::integer as resolved, (select count(*) from discarded) as discarded`;
