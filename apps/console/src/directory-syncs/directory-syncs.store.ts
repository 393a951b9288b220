import { Injectable } from '@nestjs/common';
import { directorySyncDue, directorySyncStates } from '@gatehouse/contracts';
import type { DirectorySync } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

const shownMax = 100;
/** A start that nobody has taken up for so long is not begun any more. */
const waitsFor = `interval '1 day'`;
const keptDays = 30;

interface SyncRecord {
  readonly id: string;
  readonly provider: string;
  readonly state: string;
  readonly cause: DirectorySync['cause'];
  readonly actor: string | null;
  readonly reason: string | null;
  readonly trace_id: string;
  readonly phase: DirectorySync['phase'];
  /** In the order of `all`; null while it has not begun. */
  readonly counts: readonly (number | null)[];
  readonly problem_code: string | null;
  readonly problem_at: Date | null;
  readonly asked_at: Date;
  readonly started_at: Date | null;
  readonly progressed_at: Date | null;
  readonly finished_at: Date | null;
}

export interface SyncOrder {
  readonly syncId: string;
  readonly provider: string;
  readonly kind: 'start' | 'cancel' | 'release';
  readonly actor: string;
  readonly reason: string;
  readonly traceId: string;
}

/** What somebody wants done with the listings of a provider, written; what scim-ingest has done, read. */
@Injectable()
export class DirectorySyncs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async list(provider: string): Promise<DirectorySync[]> {
    const rows = await this.dataSource.query<SyncRecord[]>(
      `${all} where provider = $1 and asked_at > now() - interval '${keptDays} days' order by asked_at desc limit ${shownMax}`,
      [provider],
    );
    return rows.map(shown);
  }

  /** @throws TerminalError `api.not_found` */
  async read(provider: string, id: string): Promise<DirectorySync> {
    return this.readBy(this.dataSource, provider, id);
  }

  /**
   * In the caller's transaction: the order, and the event that has it carried out.
   * @throws TerminalError `directory_sync.not_possible`
   */
  async order(manager: EntityManager, order: SyncOrder): Promise<void> {
    const { syncId, provider, kind, actor, reason, traceId } = order;
    // Two at the same moment come one after the other.
    await manager.query('lock table console.directory_sync_order in share row exclusive mode');
    await manager.query(
      `delete from console.directory_sync_order where created_at < now() - interval '${keptDays} days'`,
    );
    await this.assertPossible(manager, order);
    await manager.query(
      `insert into console.directory_sync_order (sync_id, provider, kind, actor, reason, trace_id)
       values ($1, $2, $3, $4, $5, $6)`,
      [syncId, provider, kind, actor, reason, traceId],
    );
    await this.outbox.publish(manager, directorySyncDue, { provider, traceId });
  }

  private async assertPossible(manager: EntityManager, { syncId, provider, kind }: SyncOrder): Promise<void> {
    if (kind === 'start') {
      const [open] = await manager.query<{ id: string }[]>(
        `${all} where provider = $1 and state in ('waiting', 'running') limit 1`,
        [provider],
      );
      if (open) throw refused(`The sync ${open.id} of this provider is under way.`);
      return;
    }
    const { state } = await this.readBy(manager, provider, syncId);
    const from = kind === 'release' ? ['held'] : ['waiting', 'running', 'held'];
    const [asked] = await manager.query<unknown[]>(
      'select from console.directory_sync_order where sync_id = $1 and kind = $2',
      [syncId, kind],
    );
    if (asked || !from.includes(state)) throw refused(`A sync that is ${state} cannot be changed so.`);
  }

  private async readBy(manager: Pick<EntityManager, 'query'>, provider: string, id: string): Promise<DirectorySync> {
    const [row] = await manager.query<SyncRecord[]>(`${all} where provider = $1 and id = $2`, [provider, id]);
    if (!row) throw new TerminalError('api.not_found', 'There is no directory sync of this id.');
    return shown(row);
  }
}

function refused(message: string): TerminalError {
  return new TerminalError('directory_sync.not_possible', message);
}

/** A cancellation counts from the moment that it is asked for: nothing new begins because of it. */
const all = `
select * from (
  select coalesce(sync.id, start.sync_id) as id, coalesce(sync.provider, start.provider) as provider,
    coalesce(sync.trace_id, start.trace_id) as trace_id, coalesce(sync.cause, 'order') as cause, start.actor, start.reason,
    case when sync.id is not null then sync.state
      when exists (select from console.directory_sync_order as ended where ended.sync_id = start.sync_id and ended.kind = 'cancel')
        or start.created_at < now() - ${waitsFor} then 'cancelled' else 'waiting' end as state,
    sync.phase, array[sync.pass, sync.requests, sync.people_seen, sync.people_created, sync.people_changed,
      sync.people_skipped, sync.people_absent, sync.people_removed, sync.groups_seen, sync.groups_skipped,
      sync.groups_removed, sync.members_changed] as counts,
    sync.problem_code, sync.problem_at, coalesce(start.created_at, sync.started_at) as asked_at,
    sync.started_at, sync.progressed_at, sync.finished_at
  from directory.pull_sync as sync
  full join (select * from console.directory_sync_order where kind = 'start') as start on start.sync_id = sync.id
) as sync`;

function shown(row: SyncRecord): DirectorySync {
  const counts = row.counts.map((count) => count ?? 0);
  const [pass, requests, seen, created, changed, skipped, absent, removed] = counts as Counts;
  const [groupsSeen, groupsSkipped, groupsRemoved, membersChanged] = counts.slice(8) as Counts;
  const { id, provider, cause, actor, reason, phase } = row;
  return {
    ...{ id, provider, cause, actor, reason, phase, pass, requests, membersChanged },
    state: directorySyncStates.find((state) => state === row.state) ?? 'running',
    traceId: row.trace_id,
    people: { seen, created, changed, skipped, absent, removed },
    groups: { seen: groupsSeen, skipped: groupsSkipped, removed: groupsRemoved },
    problem:
      row.problem_code !== null && row.problem_at ? { code: row.problem_code, at: row.problem_at.toISOString() } : null,
    askedAt: row.asked_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    progressedAt: row.progressed_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

type Counts = [number, number, number, number, number, number, number, number];
