import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PullSync } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { sourceOf } from './pull-sync.js';
import type { Position, Sync, Tally } from './pull-sync.js';

interface SyncRow {
  readonly id: string;
  readonly provider: string;
  readonly trace_id: string;
  readonly phase: Sync['phase'];
  readonly pass: number;
  readonly pages: number;
  readonly page_token: string | null;
  readonly group_id: string | null;
  readonly released: boolean;
}

const keptDays = 30;

/** Which listing of a provider runs, and how far it is. Whoever writes holds the provider's lease. */
@Injectable()
export class PullSyncs {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The one that runs, or the one that has been ordered or released.
   * @param pullSync undefined: the provider is not read any more
   */
  open(provider: string, pullSync: PullSync | undefined): Promise<Sync | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const source = pullSync && sourceOf(pullSync);
      await manager.query(endCancelled, [provider, source ?? null]);
      if (source === undefined) return undefined;
      await manager.query(releaseHeld, [provider, source]);
      const [begun] = await manager.query<SyncRow[]>(`${running} where provider = $1 and state = 'running'`, [
        provider,
      ]);
      if (begun) return syncOf(begun);
      const [ordered] = await manager.query<{ sync_id: string; trace_id: string }[]>(nextOrder, [provider]);
      if (!ordered) return undefined;
      await this.begin(manager, { id: ordered.sync_id, provider, cause: 'order', traceId: ordered.trace_id, source });
      const [row] = await manager.query<SyncRow[]>(`${running} where id = $1`, [ordered.sync_id]);
      return syncOf(row!);
    });
  }

  /**
   * By the clock: begins one where the last is long enough ago.
   * @returns the trace of one that has something to do; undefined: it is not time yet
   */
  async beginDue(manager: EntityManager, provider: string, pullSync: PullSync, traceId: string) {
    const source = sourceOf(pullSync);
    const [state] = await manager.query<[{ running: string | null; rests: boolean; is_due: boolean }]>(dueState, [
      ...[provider, source, pullSync.everyMinutes],
    ]);
    // One that stands still is tried again no more often than a new one would begin.
    if (state.running !== null) return state.rests ? state.running : undefined;
    if (!state.is_due) return undefined;
    await this.begin(manager, { id: randomUUID(), provider, cause: 'schedule', traceId, source });
    return traceId;
  }

  /** @returns false when it runs no longer */
  async advance(manager: EntityManager, { id }: Sync, position: Position, tally: Tally): Promise<boolean> {
    const [, advanced] = await manager.query<[unknown, number]>(advanceSync, [
      ...[id, position.phase, position.pageToken ?? null, position.groupId ?? null],
      ...[tally.requests, tally.peopleSeen ?? 0, tally.peopleCreated ?? 0, tally.peopleChanged ?? 0],
      ...[tally.peopleSkipped ?? 0, tally.peopleRemoved ?? 0, tally.groupsSeen ?? 0, tally.groupsSkipped ?? 0],
      ...[tally.groupsRemoved ?? 0, tally.membersChanged ?? 0],
    ]);
    return advanced > 0;
  }

  /** The listing of this phase begins anew, because the provider has forgotten where it was. What was seen stays seen. */
  async restartListing(manager: EntityManager, { id }: Sync): Promise<void> {
    await manager.query(
      `update directory.pull_sync set page_token = null, pages = 0, pass = pass + 1, progressed_at = now()
       where id = $1 and state = 'running'`,
      [id],
    );
  }

  /** Too many are missing: whoever runs the installation looks first. */
  async hold(manager: EntityManager, { id }: Sync, absent: number): Promise<void> {
    await manager.query(
      `update directory.pull_sync set state = 'held', people_absent = $2, finished_at = now(), progressed_at = now(),
         problem_code = null, problem_at = null where id = $1 and state = 'running'`,
      [id, absent],
    );
  }

  async noteAbsent(manager: EntityManager, { id }: Sync, absent: number): Promise<void> {
    await manager.query('update directory.pull_sync set people_absent = greatest(people_absent, $2) where id = $1', [
      ...[id, absent],
    ]);
  }

  async finish(manager: EntityManager, { id }: Sync): Promise<void> {
    await manager.query(
      `update directory.pull_sync set state = 'done', page_token = null, group_id = null, finished_at = now()
       where id = $1 and state = 'running'`,
      [id],
    );
  }

  async noteProblem({ id }: Sync, code: ErrorCode): Promise<void> {
    await this.dataSource.query(
      `update directory.pull_sync set problem_code = $2, problem_at = now() where id = $1 and state = 'running'`,
      [id, code],
    );
  }

  private async begin(
    manager: EntityManager,
    { id, provider, cause, traceId, source }: Record<'id' | 'provider' | 'cause' | 'traceId' | 'source', string>,
  ): Promise<void> {
    await manager.query(`delete from directory.pull_sync where started_at < now() - interval '${keptDays} days'
      and state <> 'running'`);
    // What was held is judged anew by what this one finds.
    await manager.query(`update directory.pull_sync set state = 'superseded' where provider = $1 and state = 'held'`, [
      provider,
    ]);
    await manager.query(
      `delete from directory.pulled_member where group_id in
         (select group_id from directory.pulled_group where provider = $1)`,
      [provider],
    );
    await manager.query(
      'insert into directory.pull_sync (id, provider, cause, trace_id, source) values ($1, $2, $3, $4, $5)',
      [id, provider, cause, traceId, source],
    );
  }
}

const running = `
select id, provider, trace_id, phase, pass, pages, page_token, group_id, released from directory.pull_sync`;

const endCancelled = `
update directory.pull_sync as sync set state = 'cancelled', finished_at = now(),
  problem_code = case when sync.source is distinct from $2 then 'directory_sync.source_changed' else sync.problem_code end,
  problem_at = case when sync.source is distinct from $2 then now() else sync.problem_at end
where provider = $1 and state in ('running', 'held') and (sync.source is distinct from $2 or exists (
  select from console.directory_sync_order as asked where asked.sync_id = sync.id and asked.kind = 'cancel'))`;

/** Only the newest can be held; what it found missing is looked for once more, one by one. */
const releaseHeld = `
update directory.pull_sync as sync set state = 'running', released = true, finished_at = null, progressed_at = now()
where provider = $1 and source = $2 and state = 'held' and exists (
  select from console.directory_sync_order as asked where asked.sync_id = sync.id and asked.kind = 'release')`;

const nextOrder = `
select asked.sync_id, asked.trace_id from console.directory_sync_order as asked
where asked.provider = $1 and asked.kind = 'start' and asked.created_at > now() - interval '1 day'
  and not exists (select from directory.pull_sync as sync where sync.id = asked.sync_id)
  and not exists (select from console.directory_sync_order as ended
    where ended.sync_id = asked.sync_id and ended.kind = 'cancel')
order by asked.id limit 1`;

const dueState = `
select
  (select trace_id from directory.pull_sync where provider = $1 and state = 'running') as running,
  coalesce((select greatest(progressed_at, problem_at) < now() - least($3::int, 60) * interval '1 minute'
    from directory.pull_sync where provider = $1 and state = 'running'), false) as rests,
  not exists (select from directory.pull_sync where provider = $1 and source = $2
    and started_at > now() - $3::int * interval '1 minute') as is_due`;

const advanceSync = `
update directory.pull_sync set phase = $2, page_token = $3, group_id = $4,
  pages = case when phase = $2 then pages + 1 else 0 end, requests = requests + $5,
  people_seen = people_seen + $6, people_created = people_created + $7, people_changed = people_changed + $8,
  people_skipped = people_skipped + $9, people_removed = people_removed + $10, groups_seen = groups_seen + $11,
  groups_skipped = groups_skipped + $12, groups_removed = groups_removed + $13, members_changed = members_changed + $14,
  problem_code = null, problem_at = null, progressed_at = now()
where id = $1 and state = 'running'`;

function syncOf(row: SyncRow): Sync {
  const { id, provider, phase, pass, pages, released } = row;
  const { trace_id: traceId, page_token: pageToken, group_id: groupId } = row;
  return {
    id,
    provider,
    traceId,
    phase,
    pass,
    pages,
    released,
    pageToken: pageToken ?? undefined,
    groupId: groupId ?? undefined,
  };
}
