import type { TraceId } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { DataSource } from 'typeorm';
import { z } from 'zod';

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
}

export interface ParkedJobsPage {
  /** Newest first. */
  readonly items: readonly ParkedJob[];
  /** Pass as `after` for the next page; undefined on the last one. */
  readonly next: string | undefined;
}

const pageSizeMax = 200;

/** What waits for an operator. */
export class ParkedJobs {
  constructor(private readonly dataSource: DataSource) {}

  /** @param after `next` of the page before */
  async list({ limit, after }: { limit: number; after?: string }): Promise<ParkedJobsPage> {
    const size = Math.min(Math.max(1, limit), pageSizeMax);
    const cursor = z.uuid().safeParse(after).data ?? null;
    const rows = await this.dataSource.query<ParkedJob[]>(
      `select id, job, queue, key, trace_id as "traceId", code, message, detail, attempts, parked_at as "parkedAt"
       from messaging.parked_job as parked
       where resolved_at is null
         and ($2::uuid is null
              or (parked_at, id) < (select last.parked_at, last.id from messaging.parked_job as last where last.id = $2))
       order by parked_at desc, id desc limit $1`,
      [size + 1, cursor],
    );
    const items = rows.slice(0, size);
    return { items, next: rows.length > size ? items.at(-1)!.id : undefined };
  }

  /** Starts the job once more from the present state, in the same commit that resolves the entry. Idempotent. */
  async retry(id: string, actor: string): Promise<'retried' | 'not-found' | 'already-resolved'> {
    if (!z.uuid().safeParse(id).success) return 'not-found';
    const [row] = await this.dataSource.query<{ retried: boolean; known: boolean }[]>(retryParked, [id, actor]);
    if (row!.retried) return 'retried';
    return row!.known ? 'already-resolved' : 'not-found';
  }
}

/** A fresh row and not the old ones: those may have been deleted by age, the entry is kept. */
const retryParked = `
with resolved as (
  update messaging.parked_job set resolved_at = now(), resolution = 'retried', resolved_by = $2
  where id = $1 and resolved_at is null returning *
), superseded as (
  update messaging.outbox set outcome = 'superseded'
  where outcome = 'parked' and id in (select unnest(outbox_ids) from resolved) returning 1
), reopened as (
  insert into messaging.outbox (event, job, queue, key, payload, trace_id)
  select 'job.retried', job, queue, key, payload, trace_id from resolved returning 1
), outcome as (
  select (select count(*) from reopened) > 0 as retried, (select count(*) from superseded) as superseded
)
select retried, exists (select 1 from messaging.parked_job where id = $1) as known,
       case when retried then pg_notify('gatehouse_outbox', '') end
from outcome`;
