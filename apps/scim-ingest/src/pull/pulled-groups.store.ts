import { Injectable } from '@nestjs/common';
import { DirectoryGroups } from '@gatehouse/directory';
import { foldName } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import type { Sync } from './pull-sync.js';

export interface PulledGroup {
  readonly id: string;
  /** As the pool spells it. */
  readonly name: string;
  /** The directory does so otherwise. */
  readonly isRespelled: boolean;
}

interface MarkedRow {
  readonly group_id: string;
  readonly name: string;
  readonly display_name: string | null;
}

/** Bounds one statement; what is left is taken by the next one. */
const goneAtOnce = 1_000;

/** Groups of a listing and who is in them. A member leaves only by a whole list of the group's members. */
@Injectable()
export class PulledGroups {
  constructor(private readonly directory: DirectoryGroups) {}

  /** @returns how many of the names could not be taken: another spelling of them is a group already */
  async take(manager: EntityManager, sync: Sync, names: readonly string[]): Promise<number> {
    const { provider } = sync;
    const folded = names.map(foldName);
    const rows = await manager.query<{ id: string; display_name: string; display_name_folded: string }[]>(
      `select id, display_name, display_name_folded from directory.directory_group
       where provider = $1 and display_name_folded = any($2::text[]) and deleted_at is null`,
      [provider, folded],
    );
    const known = new Map(rows.map((row) => [row.display_name_folded, { id: row.id, name: row.display_name }]));
    let skipped = 0;
    for (const [index, name] of names.entries()) {
      let group = known.get(folded[index]!);
      if (!group) {
        const content = { displayName: name, externalId: name, resource: {} };
        group = { id: (await this.directory.create(manager, provider, content)).id, name };
        known.set(folded[index]!, group);
      }
      const marked = { id: group.id, name };
      const isTaken = await (group.name === name
        ? this.mark(manager, sync, marked)
        : this.markSpelling(manager, sync, marked));
      if (!isTaken) skipped += 1;
    }
    return skipped;
  }

  /** @returns false: another spelling, which this listing had before, is left out for it */
  private async mark(manager: EntityManager, { id: syncId, provider }: Sync, { id, name }: Marked): Promise<boolean> {
    // Who had the name before it was deleted or renamed by somebody else than the pool.
    await manager.query('delete from directory.pulled_group where provider = $1 and name = $2 and group_id <> $3', [
      ...[provider, name, id],
    ]);
    const [row] = await manager.query<[{ displaces: boolean }]>(markGroup, [id, provider, name, syncId]);
    return !row.displaces;
  }

  /**
   * A group that was deleted and made anew in another spelling is not absent. Only while the known spelling has not come:
   * where the pool has both, that is the group's.
   * @returns false: this one is left out
   */
  private async markSpelling(
    manager: EntityManager,
    { id: syncId, provider }: Sync,
    { id, name }: Marked,
  ): Promise<boolean> {
    const [, taken] = await manager.query<[unknown, number]>(markSpelling, [id, provider, name, syncId]);
    return taken > 0;
  }

  /** Only now: all of the listing is read, so the pool has this spelling alone. */
  async respell(manager: EntityManager, { provider, traceId }: Sync, { id, name, isRespelled }: PulledGroup) {
    if (isRespelled)
      await this.directory.change(manager, { provider, id }, { displayName: name, externalId: name }, traceId);
  }

  /** The next one whose members this sync has not read. */
  async next(manager: EntityManager, { id, provider }: Sync): Promise<PulledGroup | undefined> {
    const [row] = await manager.query<MarkedRow[]>(
      `${markedGroup} where mark.provider = $1 and mark.seen_in = $2 and mark.members_in is distinct from $2
       order by mark.group_id limit 1`,
      [provider, id],
    );
    return row && groupOf(row);
  }

  async named(manager: EntityManager, { groupId }: Sync): Promise<PulledGroup | undefined> {
    const [row] = await manager.query<MarkedRow[]>(`${markedGroup} where mark.group_id = $1`, [groupId]);
    return row && groupOf(row);
  }

  /** A page of members. @returns memberships that came */
  async addMembers(manager: EntityManager, sync: Sync, group: PulledGroup, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const reference = { provider: sync.provider, id: group.id };
    const added = await this.directory.addMembers(manager, reference, ids, sync.traceId);
    return added?.changed ?? 0;
  }

  /** Pages before the last are remembered in a table, so that a group of any size takes no memory and outlives a kill. */
  async remember(manager: EntityManager, group: PulledGroup, ids: readonly string[]): Promise<void> {
    await manager.query(
      `insert into directory.pulled_member (group_id, member_id) select $1, id from unnest($2::uuid[]) as listed (id)
       on conflict do nothing`,
      [group.id, ids],
    );
  }

  /**
   * After the last page: whoever was on none of them is out. Not so who is missing from the pool: what becomes of them,
   * and whether their groups except them from it, is decided when all is read.
   * @returns memberships that went
   */
  async endOfMembers(
    manager: EntityManager,
    sync: Sync,
    group: PulledGroup,
    lastIds: readonly string[],
  ): Promise<number> {
    const reference = { provider: sync.provider, id: group.id };
    let removed = 0;
    for (let gone = goneAtOnce; gone === goneAtOnce;) {
      const rows = await manager.query<{ member_id: string }[]>(notListed, [
        ...[group.id, lastIds, goneAtOnce, sync.id],
      ]);
      gone = rows.length;
      if (gone === 0) break;
      const ids = rows.map(({ member_id: id }) => id);
      removed += (await this.directory.removeMembers(manager, reference, ids, sync.traceId))?.changed ?? 0;
    }
    await this.membersRead(manager, sync, group);
    return removed;
  }

  /** Nothing more is asked about this group in this sync. */
  async membersRead(manager: EntityManager, { id }: Sync, group: PulledGroup): Promise<void> {
    await manager.query('delete from directory.pulled_member where group_id = $1', [group.id]);
    await manager.query('update directory.pulled_group set members_in = $2 where group_id = $1', [group.id, id]);
  }

  /** After a complete listing. Bounded; @returns how many went: fewer than `max` means that no more are there */
  async removeAbsent(manager: EntityManager, { id, provider, traceId }: Sync, max: number): Promise<number> {
    const rows = await manager.query<{ group_id: string }[]>(
      'select group_id from directory.pulled_group where provider = $1 and seen_in <> $2 order by group_id limit $3',
      [provider, id, max],
    );
    for (const { group_id: groupId } of rows) {
      await this.directory.remove(manager, { provider, id: groupId }, traceId);
      await manager.query('delete from directory.pulled_group where group_id = $1', [groupId]);
    }
    return rows.length;
  }
}

type Marked = Pick<PulledGroup, 'id' | 'name'>;

/** A rename by somebody else than the pool is no other spelling. */
function groupOf({ group_id: id, name, display_name: known }: MarkedRow): PulledGroup {
  const isRespelled = known !== null && known !== name && foldName(known) === foldName(name);
  return { id, name, isRespelled };
}

const markedGroup = `
select mark.group_id, mark.name, known.display_name from directory.pulled_group as mark
left join directory.directory_group as known on known.id = mark.group_id`;

const markGroup = `
with displaced as (select from directory.pulled_group where group_id = $1 and name <> $3 and seen_in = $4)
insert into directory.pulled_group (group_id, provider, name, seen_in) values ($1, $2, $3, $4)
on conflict (group_id) do update set name = excluded.name, seen_in = excluded.seen_in
returning exists (select from displaced) as displaces`;

/** Again in this sync where the listing began anew. */
const markSpelling = `
update directory.pulled_group set name = $3, seen_in = $4
where group_id = $1 and (seen_in <> $4 or name = $3)
  and not exists (select from directory.pulled_group as other
    where other.provider = $2 and other.name = $3 and other.group_id <> $1)`;

const notListed = `
select member_id from directory.directory_member as member
where group_id = $1 and member_kind = 'user' and member_id <> all($2::uuid[])
  and not exists (select from directory.pulled_member as listed
    where listed.group_id = member.group_id and listed.member_id = member.member_id)
  and not exists (select from directory.pulled_person as missing
    where missing.directory_user_id = member.member_id and missing.seen_in <> $4)
order by member_id limit $3`;
