import type { DataSource, EntityManager } from 'typeorm';
import { z } from 'zod';
import { parkedCondition } from '../parked-filter.js';
import type { ParkedFilter } from '../parked-filter.js';
import { parkedColumns } from '../parked-jobs.js';
import type { ParkedJob } from '../parked-jobs.js';

export interface BulkRequest {
  readonly kind: 'retry' | 'discard';
  readonly filter: ParkedFilter;
  readonly reason: string;
  readonly actor: string;
  readonly idempotencyKey: string;
  /** What the preview counted. */
  readonly expectedCount: number;
  readonly canary: number;
  readonly ratePerSecond: number;
  readonly errorThreshold: number;
}

export interface BulkPreview {
  readonly count: number;
  /** Of these, how many take access away from somebody who left. */
  readonly offboarding: number;
  readonly byCode: readonly { readonly code: string; readonly count: number }[];
  /** The newest. */
  readonly sample: readonly ParkedJob[];
}

export interface BulkAction extends Omit<BulkRequest, 'expectedCount'> {
  readonly id: string;
  readonly state: 'running' | 'paused' | 'done' | 'cancelled';
  /** Why it stopped by itself, or who stopped it. */
  readonly pausedWhy: string | null;
  readonly total: number;
  /** Handled by this action. */
  readonly done: number;
  /** Retries that have succeeded, have failed again, and are on their way. */
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
  /** Not handled yet. */
  readonly left: number;
  readonly canaryPassed: boolean;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export type BulkCreated =
  | { readonly kind: 'created' | 'known'; readonly action: BulkAction }
  | { readonly kind: 'count-differs'; readonly count: number }
  /** The key was used for another request. */
  | { readonly kind: 'key-taken' };

export type BulkChanged = 'changed' | 'not-found' | 'not-possible';

const sampleSize = 5;
const listedMax = 50;
/** Jobs park and resolve while somebody reads the preview; a tenth more or less is the same decision. */
const toleratedShare = 0.1;
const toleratedMin = 5;

const free = `parked.resolved_at is null and parked.bulk_action_id is null`;

/** Retry or discard many parked jobs: counted first, then worked off by {@link BulkRunner}. */
export class BulkActions {
  constructor(private readonly dataSource: DataSource) {}

  /** Jobs that another action holds are not counted. */
  async preview(filter: ParkedFilter): Promise<BulkPreview> {
    const { sql, parameters } = parkedCondition(filter, 1);
    const from = `from messaging.parked_job as parked where ${free} ${sql}`;
    const byCode = await this.dataSource.query<{ code: string; count: number; offboarding: number }[]>(
      `select code, count(*)::integer as count,
              (count(*) filter (where queue like '%.offboarding'))::integer as offboarding
       ${from} group by code order by count desc`,
      parameters,
    );
    const sample = await this.dataSource.query<ParkedJob[]>(
      `select ${parkedColumns} ${from} order by parked_at desc, id desc limit ${sampleSize}`,
      parameters,
    );
    const sum = (of: 'count' | 'offboarding') => byCode.reduce((total, row) => total + row[of], 0);
    return { count: sum('count'), offboarding: sum('offboarding'), byCode: byCode.map(withoutOffboarding), sample };
  }

  /**
   * In the caller's transaction, which must roll back unless this answers `created`: the jobs are held by then.
   * The same key answers with the same action, however often it is sent.
   */
  async create(manager: EntityManager, request: BulkRequest): Promise<BulkCreated> {
    const { kind, filter, reason, actor, idempotencyKey, canary, ratePerSecond, errorThreshold } = request;
    const inserted = await manager.query<{ id: string }[]>(
      `insert into messaging.bulk_action
         (kind, filter, reason, actor, idempotency_key, total, canary, rate_per_second, error_threshold)
       values ($1, $2, $3, $4, $5, 0, $6, $7, $8) on conflict (idempotency_key) do nothing returning id`,
      [kind, JSON.stringify(filter), reason, actor, idempotencyKey, canary, ratePerSecond, errorThreshold],
    );
    const id = inserted[0]?.id;
    if (!id) return (await this.known(request, manager))!;
    const count = await hold(manager, id, filter);
    if (Math.abs(count - request.expectedCount) > tolerated(request.expectedCount))
      return { kind: 'count-differs', count };
    return { kind: 'created', action: (await this.find(id, manager))! };
  }

  /** What was made of this key before, if it was. */
  async known(
    request: BulkRequest,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<BulkCreated | undefined> {
    const [row] = await manager.query<{ id: string; same: boolean }[]>(
      `select id, kind = $2 and filter = $3::jsonb and actor = $4 as same
       from messaging.bulk_action where idempotency_key = $1`,
      [request.idempotencyKey, request.kind, JSON.stringify(request.filter), request.actor],
    );
    if (!row) return undefined;
    return row.same ? { kind: 'known', action: (await this.find(row.id, manager))! } : { kind: 'key-taken' };
  }

  async find(id: string, manager: EntityManager = this.dataSource.manager): Promise<BulkAction | undefined> {
    if (!z.uuid().safeParse(id).success) return undefined;
    const [action] = await manager.query<BulkAction[]>(`${actionRows} where action.id = $1`, [id]);
    return action;
  }

  /** The newest first. */
  async list(): Promise<readonly BulkAction[]> {
    return this.dataSource.query<BulkAction[]>(`${actionRows} order by action.created_at desc limit ${listedMax}`);
  }

  /** What it has not handled yet is free again. */
  async cancel(manager: EntityManager, id: string): Promise<BulkChanged> {
    const outcome = await this.change(
      manager,
      `update messaging.bulk_action set state = 'cancelled', finished_at = now()
       where id = $1 and state in ('running', 'paused')`,
      [id],
    );
    if (outcome === 'changed')
      await manager.query(
        'update messaging.parked_job set bulk_action_id = null where bulk_action_id = $1 and resolved_at is null',
        [id],
      );
    return outcome;
  }

  /** Somebody has looked: what failed before counts no more, and the canary is not repeated. */
  async resume(manager: EntityManager, id: string): Promise<BulkChanged> {
    return this.change(
      manager,
      `update messaging.bulk_action set state = 'running', paused_why = null, canary_passed = true, judged_from = now(),
         next_step_at = now()
       where id = $1 and state = 'paused'`,
      [id],
    );
  }

  private async change(manager: EntityManager, sql: string, parameters: unknown[]): Promise<BulkChanged> {
    if ((await this.find(String(parameters[0]), manager)) === undefined) return 'not-found';
    const [, changed] = await manager.query<[unknown, number]>(sql, parameters);
    return changed > 0 ? 'changed' : 'not-possible';
  }
}

async function hold(manager: EntityManager, id: string, filter: ParkedFilter): Promise<number> {
  const { sql, parameters } = parkedCondition(filter, 2);
  const [row] = await manager.query<{ total: number }[]>(
    `with held as (
       update messaging.parked_job as parked set bulk_action_id = $1 where ${free} ${sql} returning 1
     ) select count(*)::integer as total from held`,
    [id, ...parameters],
  );
  await manager.query('update messaging.bulk_action set total = $2 where id = $1', [id, row!.total]);
  return row!.total;
}

function tolerated(expected: number): number {
  return Math.max(toleratedMin, Math.ceil(expected * toleratedShare));
}

function withoutOffboarding({ code, count }: { code: string; count: number }) {
  return { code, count };
}

/** A retry that failed again is parked again, and then its outbox row says so. */
const actionRows = `
select action.id, kind, filter, action.reason, actor, idempotency_key as "idempotencyKey", canary,
  rate_per_second as "ratePerSecond", error_threshold::float8 as "errorThreshold", state, paused_why as "pausedWhy", total,
  done, canary_passed as "canaryPassed", created_at as "createdAt", finished_at as "finishedAt",
  items.succeeded, items.failed, items.pending, items.left
from messaging.bulk_action as action cross join lateral (
  select (count(*) filter (where retried.outcome in ('applied', 'superseded')))::integer as succeeded,
         (count(*) filter (where retried.outcome = 'parked'))::integer as failed,
         (count(*) filter (where retried.state <> 'settled'))::integer as pending,
         (count(*) filter (where parked.resolved_at is null))::integer as left
  from messaging.parked_job as parked left join messaging.outbox as retried on retried.id = parked.retried_as
  where parked.bulk_action_id = action.id
) as items`;
