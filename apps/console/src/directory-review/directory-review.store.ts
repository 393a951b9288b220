import { Injectable } from '@nestjs/common';
import type { DirectoryReview, GroupDecision, ReviewedGroup } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { DecidedGroup } from './reviewed-document.js';

export interface GroupOnRecord {
  readonly id: string;
  readonly name: string;
  readonly members: number;
  readonly matched: number;
  readonly decision: ReviewedGroup['decision'];
}

interface GroupRow extends Omit<GroupOnRecord, 'decision'> {
  readonly verdict: DecidedGroup['verdict'] | null;
  readonly to_group: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly decided_at: Date;
}

/** Groups of a directory, and what administrators decided about them before anything reaches Jira. */
@Injectable()
export class DirectoryReviews {
  constructor(private readonly dataSource: DataSource) {}

  async counts(provider: string): Promise<Pick<DirectoryReview, 'groups' | 'people'>> {
    const [row] = await this.dataSource.query<[Pick<DirectoryReview, 'groups' | 'people'>]>(counts, [provider]);
    return row;
  }

  /** In the order of ids. @param group given: only this one */
  async groups(
    provider: string,
    { after, limit, group }: { after?: string | undefined; limit: number; group?: string },
  ): Promise<GroupOnRecord[]> {
    const values = [provider, after ?? null, limit, group ?? null];
    const rows = await this.dataSource.query<GroupRow[]>(selectGroups, values);
    return rows.map(({ verdict, to_group: to, actor, reason, decided_at, ...row }) => ({
      ...{ id: row.id, name: row.name, members: row.members, matched: row.matched },
      decision: verdict && { verdict, to, by: actor, reason, at: decided_at.toISOString() },
    }));
  }

  /** Of Jira groups, folded: so many memberships are in the ledger. */
  async ours(foldedGroups: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.dataSource.query<{ group_folded: string; people: number }[]>(
      `select group_folded, count(distinct account_id)::int as people from sync.granted_membership
       where group_folded = any($1) group by group_folded`,
      [foldedGroups],
    );
    return new Map(rows.map(({ group_folded, people }) => [group_folded, people]));
  }

  async decisions(provider: string): Promise<DecidedGroup[]> {
    return this.dataSource.query<DecidedGroup[]>(
      `select known.display_name as name, said.verdict, said.to_group as "to" from console.group_decision as said
       join directory.directory_group as known on known.id = said.group_id and known.deleted_at is null
       where known.provider = $1 order by known.display_name`,
      [provider],
    );
  }

  /** Another one after every decision about a group or a person of it. */
  async mark(provider: string): Promise<string> {
    const [row] = await this.dataSource.query<[{ mark: string }]>(decisionsMark, [provider]);
    return row.mark;
  }

  async undecidedNames(provider: string): Promise<string[]> {
    const rows = await this.dataSource.query<{ name: string }[]>(
      `select display_name as name from directory.directory_group as known
       where provider = $1 and deleted_at is null
         and not exists (select 1 from console.group_decision as said where said.group_id = known.id)`,
      [provider],
    );
    return rows.map(({ name }) => name);
  }

  /** @returns whether it is news @throws TerminalError `api.not_found` */
  async decide(
    manager: EntityManager,
    provider: string,
    groupId: string,
    { verdict, to, reason, actor }: GroupDecision & { actor: string },
  ): Promise<boolean> {
    const [group] = await manager.query<unknown[]>(
      'select 1 from directory.directory_group where id = $1 and provider = $2 and deleted_at is null',
      [groupId, provider],
    );
    if (!group) throw new TerminalError('api.not_found', 'The directory of this provider has no such group.');
    const values = [groupId, provider, verdict, to ?? null, actor, reason];
    return (await manager.query<unknown[]>(writeDecision, values)).length > 0;
  }
}

const counts = `
select jsonb_build_object(
    'total', (select count(*) from directory.directory_group where provider = $1 and deleted_at is null),
    'decided', (select count(*) from console.group_decision as said join directory.directory_group as known
      on known.id = said.group_id and known.deleted_at is null where known.provider = $1)) as groups,
  jsonb_build_object(
    'total', (select count(*) from directory.directory_user where provider = $1 and deleted_at is null),
    'decided', (select count(distinct said.directory_user_id) from console.link_decision as said
      join directory.directory_user as person on person.id = said.directory_user_id and person.deleted_at is null
      where person.provider = $1)) as people`;

const decisionsMark = `
select left(md5(concat_ws(' ', groups.said, groups.last, people.said, people.last)), 16) as mark
from (select count(*) as said, max(decided_at at time zone 'utc') as last from console.group_decision as said
    join directory.directory_group as known on known.id = said.group_id and known.deleted_at is null
    where known.provider = $1) as groups,
  (select count(*) as said, max(decided_at at time zone 'utc') as last from console.link_decision as said
    join directory.directory_user as person on person.id = said.directory_user_id and person.deleted_at is null
    where person.provider = $1) as people`;

const selectGroups = `
select page.id, page.display_name as name, inside.members, inside.matched,
  said.verdict, said.to_group, said.actor, said.reason, said.decided_at
from (
  select id, display_name from directory.directory_group
  where provider = $1 and deleted_at is null and ($2::uuid is null or id > $2) and ($4::uuid is null or id = $4)
  order by id limit $3
) as page
left join console.group_decision as said on said.group_id = page.id
cross join lateral (
  select count(*)::int as members, count(*) filter (where
      exists (select 1 from mapping.account as named join sync.jira_account as jira on jira.account_id = named.id
        where named.name_folded = person.user_name_folded and jira.jira_key is not null)
      or exists (select 1 from gateway.identity as identity
        where identity.provider = person.provider and identity.subject = person.external_id))::int as matched
  from directory.directory_member as member
  join directory.directory_user as person on person.id = member.member_id and person.deleted_at is null
  where member.group_id = page.id and member.member_kind = 'user'
) as inside
order by page.id`;

const writeDecision = `
insert into console.group_decision as known (group_id, provider, verdict, to_group, actor, reason)
values ($1, $2, $3, $4, $5, $6)
on conflict (group_id) do update set verdict = excluded.verdict, to_group = excluded.to_group, actor = excluded.actor,
  reason = excluded.reason, decided_at = now()
where (known.verdict, known.to_group) is distinct from (excluded.verdict, excluded.to_group)
returning 1`;
