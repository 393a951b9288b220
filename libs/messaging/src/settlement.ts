import type { JobDefinition, TraceId } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { besideNull, statement, Statements } from '@gatehouse/database';
import type { DataSource, EntityManager } from 'typeorm';
import { taking } from './lease.js';
import type { TakingValues } from './lease.js';
import { failureGroupId } from './operations/failure-group.js';

/** The triggers one run answers for, fixed before its handler reads anything. */
export interface Covered {
  readonly job: string;
  readonly key: string;
  /** Oldest first. Exact ids and not "up to the newest": row ids do not commit in order. */
  readonly ids: readonly string[];
  readonly traceIds: readonly TraceId[];
  /** The database's clock when they were read. */
  readonly readAt: string;
  /** Milliseconds since the oldest of them was committed, or became due. */
  readonly waitedMs: number;
  /** More were waiting than one run takes. */
  readonly more: boolean;
}

export interface Parking {
  readonly queue: string;
  readonly payload: unknown;
  readonly traceId: TraceId;
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: string;
  readonly attempts: number;
}

/** Bounds memory and the size of one statement; a person does not cause as many while one run waits. */
const coveredMax = 1_000;

/** Where outbox rows end: applied, superseded or parked. */
export class Settlement {
  private readonly statements: Statements;

  constructor(private readonly dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  /**
   * Rows still open count too: the run sees their state, so they need no run of their own. A fact about later does not
   * count before its time: it asks for a run then.
   */
  async covered(job: Pick<JobDefinition, 'name'>, key: string): Promise<Covered> {
    return coveredBy(job, key, await this.statements.rows(unsettled, [job.name, key, coveredMax]));
  }

  /** The same, and the lease of the run, if there is anything to answer for; `takenOver` null: it is somebody else's. */
  async coveredWithLease(
    job: Pick<JobDefinition, 'name'>,
    key: string,
    taken: TakingValues,
  ): Promise<{ readonly covered: Covered; readonly takenOver: boolean | null }> {
    const rows = await this.statements.rows(unsettledWithLease, [job.name, key, coveredMax, ...taken]);
    return { covered: coveredBy(job, key, rows), takenOver: rows[0]?.taken_over ?? null };
  }

  /** The newest is applied, the others are superseded by it, and so is what was parked for this key before. Idempotent. */
  async settle(manager: EntityManager, covered: Covered): Promise<void> {
    await manager.query(settleRows, [...settledValues(covered)]);
  }

  /** A run takes the oldest; the store may hold no job for those it left, so they are enqueued again. */
  async reopenRest({ job, key }: Covered): Promise<void> {
    await this.dataSource.query(
      `with rest as (
         update messaging.outbox set state = 'open', sent_at = null, retry_at = null
         where job = $1 and key = $2 and state = 'sent' returning 1
       ) select pg_notify('gatehouse_outbox', '') from (select count(*) from rest) as reopened`,
      [job, key],
    );
  }

  /** When the run's job is tried again; for whoever asks how long work has been ready, and for nothing else. */
  async retryAt({ ids }: Covered, delayMs: number): Promise<void> {
    await this.dataSource.query(
      `update messaging.outbox set retry_at = now() + $2 * interval '1 millisecond'
       where id = any($1::bigint[]) and state <> 'settled'`,
      [ids, delayMs],
    );
  }

  /** In one commit: the rows end as parked and the operator finds them. Nothing is parked when another run settled them. */
  async park({ job, key, ids }: Covered, parking: Parking): Promise<'parked' | 'settled-elsewhere'> {
    const rows = await this.dataSource.query<unknown[]>(parkRows, [
      ids,
      job,
      parking.queue,
      key,
      JSON.stringify(parking.payload),
      parking.traceId,
      parking.code,
      parking.message,
      parking.detail,
      parking.attempts,
      failureGroupId({ job, ...parking }),
    ]);
    return rows.length > 0 ? 'parked' : 'settled-elsewhere';
  }
}

interface Unsettled {
  readonly id: string;
  readonly trace_id: TraceId;
  readonly read_at: string;
  readonly waited_ms: number;
}

function coveredBy(job: Pick<JobDefinition, 'name'>, key: string, rows: readonly Unsettled[]): Covered {
  return {
    job: job.name,
    key,
    ids: rows.map(({ id }) => id),
    traceIds: [...new Set(rows.map(({ trace_id }) => trace_id))],
    readAt: rows[0]?.read_at ?? '',
    waitedMs: Math.max(0, rows[0]?.waited_ms ?? 0),
    more: rows.length === coveredMax,
  };
}

const unsettledRows = `
select id, trace_id, now()::text as read_at,
       (extract(epoch from now() - greatest(created_at, not_before)) * 1000)::float8 as waited_ms
from messaging.outbox
where job = $1 and key = $2 and state <> 'settled' and (not_before is null or not_before <= now())
order by id limit $3`;

/** Between every job and its handler, so it is planned once. */
const unsettled = statement<Unsettled>(unsettledRows);

/** What it answers for may be older than the lease, and what the handler reads is newer than both. */
const unsettledWithLease = statement<Unsettled & { readonly taken_over: boolean | null }>(`
with unsettled as materialized (${unsettledRows}),
${taking(['$4', '$5', '$6', '$7'], 'exists (select 1 from unsettled)')}
select id, trace_id, read_at, waited_ms, (select taken_over from lease) as taken_over from unsettled order by id`);

/** Always in the order of ids: two lanes may settle the same rows at the same time. */
const lockUnsettled = `
with mine as (
  select id from messaging.outbox where id = any($1::bigint[]) and state <> 'settled' order by id for update
)`;

/** Of `settling`. */
export function settledValues({ ids, job, key, readAt }: Covered): SettledValues {
  return [ids, ids.at(-1), job, key, readAt];
}

export type SettledValues = readonly [
  ids: readonly string[],
  newest: string | undefined,
  job: string,
  key: string,
  readAt: string,
];

/** For a commit whose triggers are settled by somebody else, or later. */
export const settlesNothing: SettledValues = [[], undefined, '', '', 'epoch'];

/**
 * CTEs that settle, for a handler whose whole effect is one statement.
 * @param values where the statement has its `settledValues`; `when` under which condition: all of it SQL, never a value
 */
export function settling(
  [ids, newest, job, key, readAt]: readonly [string, string, string, string, string],
  when = 'true',
): string {
  return `
mine as (
  select id from messaging.outbox where id = any(${ids}::bigint[]) and state <> 'settled' and ${when} order by id for update
), settled as (
  update messaging.outbox as row
  set state = 'settled', settled_at = now(), outcome = case when row.id = ${newest}::bigint then 'applied' else 'superseded' end
  from mine where row.id = mine.id returning 1
), resolved as (
  update messaging.parked_job set resolved_at = now(), resolution = 'superseded', resolved_by = 'a later run'
  where job = ${job} and key = ${key} and ${besideNull('resolved_at')} and parked_at <= ${readAt}::timestamptz and ${when}
  returning outbox_ids
), no_longer_parked as (
  update messaging.outbox set outcome = 'superseded'
  where outcome = 'parked' and id in (select unnest(outbox_ids) from resolved) returning 1
)`;
}

const settleRows = `with ${settling(['$1', '$2', '$3', '$4', '$5'])}
select (select count(*) from settled), (select count(*) from no_longer_parked)`;

/** One parked job per person and cause: what was parked for this key before is told by the newer one. */
const parkRows = `${lockUnsettled}, parked as (
  update messaging.outbox as row set state = 'settled', settled_at = now(), outcome = 'parked'
  from mine where row.id = mine.id returning row.id
), resolved as (
  update messaging.parked_job set resolved_at = now(), resolution = 'superseded', resolved_by = 'a later failure'
  where job = $2 and key = $4 and ${besideNull('resolved_at')} and exists (select 1 from parked) returning outbox_ids
), no_longer_parked as (
  update messaging.outbox set outcome = 'superseded'
  where outcome = 'parked' and id in (select unnest(outbox_ids) from resolved) returning 1
)
insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, detail, attempts, group_id, outbox_ids)
select $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10::integer, $11, array_agg(id order by id) from parked having count(*) > 0
returning id`;
