import { Injectable } from '@nestjs/common';
import { directoryGroupChanged } from '@gatehouse/contracts';
import { beside, besideNull, statement } from '@gatehouse/database';
import { foldName } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import { written } from './directory-users.js';
import type { DirectoryReference, Written, WrittenRow } from './directory-users.js';
import { change, run, runAlone } from './run.js';
import type { Change, Commit } from './run.js';

export interface DirectoryGroupContent {
  readonly displayName: string;
  readonly externalId: string | null;
  /** Every other attribute but the members, in the shape of SCIM's Group (RFC 7643 4.2). */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** What became of a change of members, and what else the group is. */
export interface MembersWritten extends Written, DirectoryGroupContent {
  /** So many came or went. */
  readonly changed: number;
}

interface MovedRow extends WrittenRow {
  readonly display_name: string;
  readonly external_id: string | null;
  readonly resource: DirectoryGroupContent['resource'];
  readonly changed: number;
}

/** Bounds one statement. */
const membersMax = 100_000;

/**
 * Writes the groups of a provider's directory: rows, who may have other groups by that, and the event, each time in one
 * statement. What a change of members costs does not depend on how many there are: they are never loaded.
 */
@Injectable()
export class DirectoryGroups {
  private readonly told: { readonly queues: readonly string[] };

  constructor(private readonly outbox: Outbox) {
    this.told = { queues: outbox.queuesOf(directoryGroupChanged) };
  }

  /** @throws QueryFailedError 23505 when the provider has a group of this name */
  async create(
    commit: Commit,
    provider: string,
    { displayName, externalId, resource }: DirectoryGroupContent,
  ): Promise<Written> {
    const values = [provider, displayName, foldName(displayName), externalId, JSON.stringify(resource)];
    const [row] = await runAlone(commit, createGroup, values);
    // Nobody is in it yet, so nobody has other groups.
    return written(row!);
  }

  /**
   * Sets what is given and leaves the rest, and the members.
   * @returns undefined when there is no group of this id, or not of this version
   * @throws QueryFailedError 23505 when the provider has another group of this name
   */
  async change(
    commit: Commit,
    reference: DirectoryReference,
    { displayName, externalId, resource }: Partial<DirectoryGroupContent>,
    traceId: string,
  ): Promise<Written | undefined> {
    const { provider, id, version } = reference;
    const values = [
      ...[id, provider, version ?? null],
      ...[displayName ?? null, displayName === undefined ? null : foldName(displayName)],
      ...[externalId !== undefined, externalId ?? null],
      resource === undefined ? null : JSON.stringify(resource),
      this.changed(id, traceId),
    ];
    const [row] = await run(commit, changeGroup, values, this.told);
    return row && written(row);
  }

  /**
   * It counts for nobody from this commit on; its rows go once everybody who was in it has been sent on.
   * @returns false when there is no group of this id, or not of this version
   */
  async remove(commit: Commit, { provider, id, version }: DirectoryReference, traceId: string): Promise<boolean> {
    const values = [id, provider, version ?? null, this.changed(id, traceId)];
    const removed = await run(commit, removeGroup, values, this.told);
    return removed.length > 0;
  }

  /**
   * Users and groups of the same provider; ids of anybody else are passed over.
   * @returns undefined when there is no group of this id, or not of this version
   */
  addMembers(commit: Commit, group: DirectoryReference, ids: readonly string[], traceId: string) {
    return this.write(commit, addMembers, group, ids, traceId);
  }

  /** @returns undefined when there is no group of this id, or not of this version */
  removeMembers(commit: Commit, group: DirectoryReference, ids: readonly string[], traceId: string) {
    return this.write(commit, removeMembers, group, ids, traceId);
  }

  /**
   * Exactly these and no others.
   * @returns undefined when there is no group of this id, or not of this version
   */
  replaceMembers(commit: Commit, group: DirectoryReference, ids: readonly string[], traceId: string) {
    return this.write(commit, replaceMembers, group, ids, traceId);
  }

  private async write(
    commit: Commit,
    asked: Change<MovedRow>,
    { provider, id, version }: DirectoryReference,
    ids: readonly string[],
    traceId: string,
  ): Promise<MembersWritten | undefined> {
    if (ids.length > membersMax) throw new RangeError(`at most ${membersMax} members in one change`);
    const values = [id, provider, version ?? null, ids, this.changed(id, traceId)];
    const [row] = await run(commit, asked, values, this.told);
    if (!row) return undefined;
    const { display_name: displayName, external_id: externalId, resource, changed } = row;
    return { ...written(row), displayName, externalId, resource, changed };
  }

  private changed(groupId: string, traceId: string): string {
    return this.outbox.rowsOf(directoryGroupChanged, { groupId, traceId });
  }
}

/** The lock of the row puts two changes of one group in order; the members of no other one are looked at. */
const target = `
with target as (
  select id, provider, version, created_at, changed_at, display_name, external_id, resource from directory.directory_group
  where id = $1 and ${beside('provider', '$2')} and ${besideNull('deleted_at')} and ($3::bigint is null or version = $3) for update
)`;

const changeGroup = change<WrittenRow>(
  (publish, announced) => `${target}, written as (
  update directory.directory_group as known set display_name = coalesce($4, known.display_name),
    display_name_folded = coalesce($5, known.display_name_folded),
    external_id = case when $6::boolean then $7 else known.external_id end,
    resource = coalesce($8::jsonb, known.resource), version = known.version + 1, changed_at = now()
  from target where known.id = target.id
    and (known.display_name, known.external_id, known.resource) is distinct from
      (coalesce($4, known.display_name), case when $6 then $7 else known.external_id end,
       coalesce($8::jsonb, known.resource))
  returning known.version, known.changed_at
), renamed as (
  insert into directory.membership_change (group_id)
  select target.id from target join directory.directory_group as before on before.id = target.id
  where before.display_name <> $4 returning 1
), ${publish('(select $9::text from renamed)')}
select id, created_at, coalesce((select version from written), version) as version,
  coalesce((select changed_at from written), changed_at) as changed_at${announced}
from target`,
);

const createGroup = statement<WrittenRow>(`
insert into directory.directory_group (provider, display_name, display_name_folded, external_id, resource)
values ($1, $2, $3, $4, $5) returning id, version, created_at, changed_at`);

/**
 * The groups that it was in show one member less: that is another version of them. All are locked in the order of ids, as
 * removals of people lock theirs, and before anything is written: counting them reads all of them.
 */
const removeGroup = change<{ id: string }>(
  (publish, announced) => `
with target as (
  select id from directory.directory_group where id = $1 and ${beside('provider', '$2')} and ${besideNull('deleted_at')}
), concerned as materialized (
  select id from (
    select id from target
    union
    select member.group_id from target cross join lateral (
      select group_id from directory.directory_member where member_id = target.id and member_kind = 'group' offset 0) as member
  ) as one order by id
), locked as materialized (
  select concerned.id from concerned cross join lateral (
    select from directory.directory_group as one where one.id = concerned.id for update of one) as held
), removed as (
  update directory.directory_group set deleted_at = now(), changed_at = now(), version = version + 1
  where id = $1 and ${besideNull('deleted_at')} and ($3::bigint is null or version = $3)
    and (select count(*) from locked) > 0
  returning id
), outer_groups as (
  update directory.directory_group as known set version = known.version + 1, changed_at = now()
  from locked, removed where known.id = locked.id and known.id <> removed.id and ${besideNull('known.deleted_at')} returning 1
), affected as (
  insert into directory.membership_change (group_id) select id from removed
), ${publish('(select $4::text from removed)')}
select id${announced} from removed`,
);

/** @param moved the CTE `moved`, of the members that came or went; who is affected and the version follow from it */
function moving(moved: string): Change<MovedRow> {
  return change(
    (publish, announced) => `${target}${moved}, affected as (
  insert into directory.membership_change (group_id, member_id, member_kind)
  select $1, member_id, member_kind from moved
), written as (
  update directory.directory_group as known set version = known.version + 1, changed_at = now()
  from target where known.id = target.id and exists (select from moved) returning known.version, known.changed_at
), ${publish('(select $5::text where exists (select from moved))')}
select id, created_at, display_name, external_id, resource, coalesce((select version from written), version) as version,
  coalesce((select changed_at from written), changed_at) as changed_at, (select count(*)::int from moved) as changed${announced}
from target`,
  );
}

/**
 * Of the ids given: users and groups of the same provider. Whoever is removed at the same moment waits, or is waited for
 * (`removeFromGroups`): a removal that does not see this row, and an addition that does not see the removal, would leave it.
 * Locked in the order of ids, and looked for one by one: planned for a table without rows, `any` would read all of it.
 */
const known = `, wanted as materialized (
  select distinct id from unnest($4::uuid[]) as one (id) order by id
), people as materialized (
  select wanted.id from wanted cross join target cross join lateral (
    select from directory.directory_user as member
    where member.id = wanted.id and ${beside('member.provider', 'target.provider')}
      and ${besideNull('member.deleted_at')}
    for share of member) as person
), known as (
  select id, 'user' as kind from people
  union all
  select wanted.id, 'group' from wanted cross join target cross join lateral (
    select from directory.directory_group as member
    where member.id = wanted.id and ${beside('member.provider', 'target.provider')}
      and ${besideNull('member.deleted_at')}
      and member.id <> target.id offset 0) as inner_group
)`;

const addMembers = moving(`${known}, moved as (
  insert into directory.directory_member (group_id, member_id, member_kind)
  select target.id, known.id, known.kind from known, target
  on conflict do nothing returning member_id, member_kind
)`);

const removeMembers = moving(`, moved as (
  delete from directory.directory_member as member using target
  where member.group_id = target.id and member.member_id = any($4::uuid[]) returning member.member_id, member.member_kind
)`);

const replaceMembers = moving(`${known}, gone as (
  delete from directory.directory_member as member using target
  where member.group_id = target.id and member.member_id <> all($4::uuid[])
  returning member.member_id, member.member_kind
), come as (
  insert into directory.directory_member (group_id, member_id, member_kind)
  select target.id, known.id, known.kind from known, target
  on conflict do nothing returning member_id, member_kind
), moved as (select * from gone union all select * from come)`);
