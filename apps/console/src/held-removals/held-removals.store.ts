import { Injectable } from '@nestjs/common';
import { removalsApproved } from '@gatehouse/contracts';
import type { HeldRemovalPage, HeldRemovals as HeldOverview, HeldVersion } from '@gatehouse/contracts';
import { concernsRemoval } from '@gatehouse/database';
import { foldName, removedUsers } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import { currentTraceId, newTraceId } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

const versionsMax = 50;
const groupsMax = 100;

export interface Verdict {
  readonly configVersion: number;
  readonly group: string | undefined;
  readonly verdict: 'approve' | 'dismiss';
  readonly actor: string;
  readonly reason: string;
}

export interface Meant {
  readonly people: number;
  readonly removals: number;
}

interface VersionRecord {
  config_version: number;
  people: number;
  removals: number;
  oldest_at: Date;
  tripped: ('group' | 'run')[];
  groups: HeldVersion['groups'];
}

interface ItemRecord {
  account_id: string;
  username: string | null;
  group_folded: string;
  group_name: string;
  because: string;
  scope: 'group' | 'run';
  held_at: Date;
}

/** What group-sync holds, read; what an administrator says about it, written. */
@Injectable()
export class HeldRemovals {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async overview(): Promise<HeldOverview> {
    const [all] = await this.dataSource.query<[Meant]>(`select ${counted} from ${undecided}`);
    const rows = await this.dataSource.query<VersionRecord[]>(versions);
    return {
      ...all,
      versions: rows.map(({ config_version, people, removals, oldest_at, tripped, groups }) => ({
        configVersion: config_version,
        people,
        removals,
        oldestAt: oldest_at.toISOString(),
        tripped,
        groups,
      })),
    };
  }

  /** @param after account and folded group of the last one seen */
  async page(
    configVersion: number,
    { group, after, limit }: { group: string | undefined; after: readonly [string, string] | undefined; limit: number },
  ): Promise<{ items: HeldRemovalPage['items']; last: readonly [string, string] | undefined }> {
    const folded = group === undefined ? null : foldName(group);
    const values = [configVersion, folded, after?.[0] ?? null, after?.[1] ?? null, limit];
    const rows = await this.dataSource.query<ItemRecord[]>(page, values);
    const last = rows.at(-1);
    return {
      items: rows.map(({ account_id, username, group_name, because, scope, held_at }) => ({
        account: account_id,
        username,
        group: group_name,
        because,
        tripped: scope,
        heldAt: held_at.toISOString(),
      })),
      last: last && [last.account_id, last.group_folded],
    };
  }

  /** What a verdict would be about. */
  async meant(
    manager: EntityManager,
    { configVersion, group, verdict }: Omit<Verdict, 'actor' | 'reason'>,
  ): Promise<Meant> {
    const [meant] = await manager.query<[Meant]>(
      `select ${counted} from ${undecided} where config_version = $1
         and group_folded = coalesce($2, case when group_folded <> $3 or $4 = 'dismiss' then group_folded end)`,
      [configVersion, group === undefined ? null : foldName(group), removedUsers, verdict],
    );
    return meant;
  }

  /** The last word counts. An approval starts the job that lets them go, in the same commit. @returns whether it is news */
  async decide(manager: EntityManager, { configVersion, group, verdict, actor, reason }: Verdict): Promise<boolean> {
    const folded = group === undefined ? '' : foldName(group);
    const news = await manager.query<unknown[]>(writeDecision, [configVersion, folded, verdict, actor, reason]);
    if (news.length === 0) return false;
    const traceId = currentTraceId() ?? newTraceId();
    if (verdict === 'approve') await this.outbox.publish(manager, removalsApproved, { configVersion, traceId });
    return true;
  }
}

const counted = 'count(distinct account_id)::integer as people, count(*)::integer as removals';

const undecided = `(
  select * from sync.held_removal as row where released_at is null and not exists (
    select 1 from console.removal_decision as decision
    where decision.config_version = row.config_version and ${concernsRemoval('decision', 'row', removedUsers)})
) as held`;

const versions = `
select config_version, ${counted}, min(held_at) as oldest_at, array_agg(distinct scope order by scope) as tripped,
  (select coalesce(jsonb_agg(jsonb_build_object('group', name, 'people', people) order by people desc, name), '[]')
   from (select min(group_name) as name, count(*)::integer as people from sync.held_removal as one
         where one.config_version = held.config_version and one.released_at is null and not exists (
           select 1 from console.removal_decision as decision
           where decision.config_version = one.config_version and ${concernsRemoval('decision', 'one', removedUsers)})
         group by group_folded order by count(*) desc limit ${groupsMax}) as largest) as groups
from ${undecided} group by config_version order by config_version desc limit ${versionsMax}`;

const page = `
select held.*, known.username from ${undecided} left join sync.jira_account as known using (account_id)
where config_version = $1 and ($2::text is null or group_folded = $2)
  and ($3::uuid is null or (account_id, group_folded) > ($3, $4))
order by account_id, group_folded limit $5`;

const writeDecision = `
insert into console.removal_decision as known (config_version, group_folded, verdict, actor, reason)
values ($1, $2, $3, $4, $5)
on conflict (config_version, group_folded) do update set
  verdict = excluded.verdict, actor = excluded.actor, reason = excluded.reason, decided_at = now()
where known.verdict <> excluded.verdict
returning 1`;
