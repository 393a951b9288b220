import { Injectable } from '@nestjs/common';
import { resyncDue, ResyncSelection } from '@gatehouse/contracts';
import type { ResyncItemPage, ResyncItemsQuery, ResyncState } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { foldName } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { etaSeconds } from './eta-seconds.js';

const shownMax = 50;
const underWayMax = 5;
const keptDays = 30;

type Outcomes = ResyncState['outcomes'];

interface ResyncRecord extends Outcomes {
  id: string;
  actor: string;
  reason: string;
  selection: unknown;
  asked: 'running' | 'paused' | 'cancelled';
  total: number;
  trace_id: string;
  created_at: Date;
  elapsed: number;
  sent: number;
  is_over: boolean;
}

interface ItemRecord {
  account_id: string;
  username: string | null;
  outcome: string | null;
  code: string | null;
  finished_at: Date | null;
  changes: number;
}

export interface NewResync {
  readonly id: string;
  readonly traceId: string;
  readonly actor: string;
  readonly reason: string;
  readonly selection: ResyncSelection;
}

/** What an operator wants compared with Jira, written; how far group-sync has come with it, read (U19). */
@Injectable()
export class Resyncs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async count(selection: ResyncSelection): Promise<number> {
    const [row] = await this.dataSource.query<[{ count: number }]>(
      `select count(*)::integer as count ${chosen}`,
      argumentsOf(selection),
    );
    return row.count;
  }

  /** Chosen once and for all: whoever comes later is not meant. @returns how many; with none it is not kept */
  async start(manager: EntityManager, resync: NewResync): Promise<number> {
    const { id, traceId, actor, reason, selection } = resync;
    await manager.query(`lock table console.resync in share row exclusive mode`);
    await this.assertRoom(manager);
    await manager.query(`delete from console.resync where created_at < now() - interval '${keptDays} days'`);
    await manager.query(
      `insert into console.resync (id, actor, reason, selection, total, trace_id) values ($1, $2, $3, $4, 0, $5)`,
      [id, actor, reason, JSON.stringify(selection), traceId],
    );
    const [{ total }] = await manager.query<[{ total: number }]>(
      `with items as (
         insert into console.resync_item (resync_id, account_id) select $5::uuid, desired.account_id ${chosen} returning 1
       ) select count(*)::integer as total from items`,
      [...argumentsOf(selection), id],
    );
    if (total === 0) await manager.query('delete from console.resync where id = $1', [id]);
    else await manager.query('update console.resync set total = $2 where id = $1', [id, total]);
    if (total > 0) await this.outbox.publish(manager, resyncDue, { resyncId: id, traceId });
    return total;
  }

  async list(): Promise<ResyncState[]> {
    const rows = await this.dataSource.query<ResyncRecord[]>(
      `${progress} order by asked.created_at desc limit ${shownMax}`,
    );
    return rows.map(shown);
  }

  /** @throws TerminalError `api.not_found` */
  async read(id: string): Promise<ResyncState> {
    const [row] = await this.dataSource.query<ResyncRecord[]>(`${progress} where asked.id = $1`, [id]);
    if (!row) throw new TerminalError('api.not_found', 'There is no resync of this id.');
    return shown(row);
  }

  async items(
    id: string,
    { outcome, limit }: Pick<ResyncItemsQuery, 'outcome' | 'limit'>,
    after: string | undefined,
  ): Promise<ResyncItemPage['items']> {
    const rows = await this.dataSource.query<ItemRecord[]>(itemPage, [id, after ?? null, outcome ?? null, limit]);
    return rows.map(({ account_id, username, code, finished_at, changes, ...row }) => ({
      ...{ account: account_id, username, code, changes, finishedAt: finished_at?.toISOString() ?? null },
      outcome: outcomeOf(row.outcome),
    }));
  }

  /** @throws TerminalError where it is over, or is so already */
  async turn(manager: EntityManager, id: string, to: 'running' | 'paused' | 'cancelled'): Promise<void> {
    const from = { running: ['paused'], paused: ['running'], cancelled: ['running', 'paused'] }[to];
    const [, changed] = await manager.query<[unknown, number]>(
      `update console.resync as asked set state = $2 where asked.id = $1 and asked.state = any($3) and not ${isOver}`,
      [id, to, from],
    );
    if (changed === 0) throw new TerminalError('resync.not_possible', `The resync cannot become ${to}.`);
    if (to !== 'running') return;
    const [row] = await manager.query<[{ trace_id: string }]>('select trace_id from console.resync where id = $1', [
      id,
    ]);
    await this.outbox.publish(manager, resyncDue, { resyncId: id, traceId: row.trace_id });
  }

  private async assertRoom(manager: EntityManager): Promise<void> {
    const [row] = await manager.query<[{ count: number }]>(
      `select count(*)::integer as count from console.resync as asked where asked.state <> 'cancelled' and not ${isOver}`,
    );
    if (row.count >= underWayMax) throw new TerminalError('resync.not_possible', `${row.count} resyncs are under way.`);
  }
}

function argumentsOf({ accounts, provider, group, state }: ResyncSelection): unknown[] {
  return [accounts ?? null, provider ?? null, group === undefined ? null : foldName(group), state ?? null];
}

/** $1 accounts, $2 provider, $3 folded group, $4 state. */
const chosen = `
from mapping.desired_access as desired
left join sync.jira_account as known on known.account_id = desired.account_id
where ($1::uuid[] is null or desired.account_id = any($1::uuid[]))
  and ($2::text is null or exists (
      select 1 from mapping.account_identity as link join gateway.identity as identity on identity.id = link.identity_id
      where link.account_id = desired.account_id and link.refused_code is null and identity.provider = $2)
    or exists (
      select 1 from mapping.account_directory_user as link
      join directory.directory_user as person on person.id = link.directory_user_id
      where link.account_id = desired.account_id and person.provider = $2))
  and ($3::text is null
    or exists (select 1 from jsonb_array_elements_text(desired.content #> '{groups,wanted}') as wanted (name)
      where lower(wanted.name) = $3)
    or exists (select 1 from sync.granted_membership as given
      where given.account_id = desired.account_id and given.group_folded = $3))
  and ($4::text is null or coalesce(known.state, 'pending') = $4)`;

/** Everything is sent on and nothing of it is on its way. */
const isOver = `coalesce((
  select sent.finished_at is not null and not exists (
    select 1 from messaging.outbox as row where row.trace_id = asked.trace_id and row.state <> 'settled')
  from sync.resync_progress as sent where sent.resync_id = asked.id), false)`;

/** The last run since the start that had an end; a sign-in's counts as well, for it saw the same Jira. */
const lastRun = (start: string) => `
  select outcome, code, finished_at, plan from sync.reconcile_run as run
  where run.account_id = item.account_id and run.started_at >= ${start} and run.outcome not in ('outage', 'cut-short')
  order by run.id desc limit 1`;

const progress = `
select asked.id, asked.actor, asked.reason, asked.selection, asked.state as asked, asked.total, asked.trace_id,
  asked.created_at, extract(epoch from now() - asked.created_at)::float8 as elapsed,
  coalesce(sent.sent, 0) as sent, ${isOver} as is_over, found.*
from console.resync as asked left join sync.resync_progress as sent on sent.resync_id = asked.id
cross join lateral (
  select (count(*) filter (where last.outcome = 'applied'))::integer as applied,
    (count(*) filter (where last.outcome = 'unchanged'))::integer as unchanged,
    (count(*) filter (where last.outcome = 'paused'))::integer as paused,
    (count(*) filter (where last.outcome = 'refused'))::integer as refused,
    (count(*) filter (where last.outcome = 'failed'))::integer as failed
  from console.resync_item as item cross join lateral (${lastRun('asked.created_at')}) as last
  where item.resync_id = asked.id and item.account_id <= sent.cursor
) as found`;

const itemPage = `
select item.account_id, known.username, last.outcome, last.code, last.finished_at,
  coalesce(jsonb_array_length(case when jsonb_typeof(last.plan -> 'changes') = 'array' then last.plan -> 'changes' end), 0)
    as changes
from console.resync as asked join console.resync_item as item on item.resync_id = asked.id
left join lateral (${lastRun('asked.created_at')}) as last on true
left join sync.jira_account as known on known.account_id = item.account_id
where asked.id = $1 and ($2::uuid is null or item.account_id > $2)
  and ($3::text is null or coalesce(last.outcome, 'waiting') = $3)
order by item.account_id limit $4`;

const ended = ['applied', 'unchanged', 'paused', 'refused', 'failed'] as const;

/** What a newer version recorded may have an outcome that this one does not know. */
function outcomeOf(outcome: string | null): ResyncItemPage['items'][number]['outcome'] {
  if (outcome === null) return 'waiting';
  return ended.find((one) => one === outcome) ?? 'failed';
}

function shown(row: ResyncRecord): ResyncState {
  const { id, actor, reason, total, trace_id: traceId, sent, applied, unchanged, paused, refused, failed } = row;
  const outcomes = { applied, unchanged, paused, refused, failed };
  const done = applied + unchanged + paused + refused + failed;
  const state = row.asked === 'cancelled' || !row.is_over ? row.asked : 'done';
  const eta = state === 'running' ? etaSeconds({ total, done, elapsedSeconds: row.elapsed }) : null;
  return {
    ...{ id, state, actor, reason, traceId, total, sent, done, outcomes },
    selection: ResyncSelection.parse(row.selection),
    startedAt: row.created_at.toISOString(),
    etaSeconds: state === 'done' ? 0 : eta,
  };
}
