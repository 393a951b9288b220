import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

interface Change {
  readonly id: string;
  readonly member_id: string | null;
  readonly member_kind: 'user' | 'group' | null;
  readonly cursor: string | null;
}

export interface AffectedPage {
  readonly userIds: readonly string[];
  /** Nothing of what was known when the run began is left. */
  readonly isLast: boolean;
}

/** Who may have other groups by changes of one group. Every method runs in the caller's transaction. */
@Injectable()
export class MembershipChanges {
  /** The newest change; later ones have an event, and so a run, of their own. */
  async newest(manager: EntityManager, groupId: string): Promise<string> {
    const [row] = await manager.query<{ newest: string }[]>(
      'select coalesce(max(id), 0)::text as newest from directory.membership_change where group_id = $1',
      [groupId],
    );
    return row!.newest;
  }

  /**
   * Takes a page of the people affected by changes up to `upTo`: what the caller commits with it is sent on once, and a
   * kill before that commit leaves it to the next run.
   */
  async take(manager: EntityManager, groupId: string, upTo: string, size: number): Promise<AffectedPage> {
    // Two deliveries share the pages between them.
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('fan-out-group/' || $1, 0))`, [groupId]);
    const [first] = await manager.query<Change[]>(
      `select id, member_id, member_kind, cursor from directory.membership_change
       where group_id = $1 and id <= $2 order by id limit 1`,
      [groupId, upTo],
    );
    if (!first) {
      await this.forgetRemoved(manager, groupId);
      return { userIds: [], isLast: true };
    }
    if (first.member_kind === 'user')
      return { userIds: await this.single(manager, groupId, upTo, size), isLast: false };
    return { userIds: await this.below(manager, first, first.member_id ?? groupId, size), isLast: false };
  }

  private async single(manager: EntityManager, groupId: string, upTo: string, size: number): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `with taken as (
         delete from directory.membership_change where id in (
           select id from directory.membership_change
           where group_id = $1 and id <= $2 and member_kind = 'user' order by id limit $3)
         returning member_id
       ) select distinct member_id as id from taken order by 1`,
      [groupId, upTo, size],
    );
    return rows.map(({ id }) => id);
  }

  /** Everybody in a group and in the groups inside of it. A group that is inside of itself is looked at once. */
  private async below(manager: EntityManager, change: Change, root: string, size: number): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(usersBelow, [root, change.cursor, size]);
    const ids = rows.map(({ id }) => id);
    const isLast = ids.length < size;
    if (isLast) await manager.query('delete from directory.membership_change where id = $1', [change.id]);
    else
      await manager.query('update directory.membership_change set cursor = $2 where id = $1', [change.id, ids.at(-1)]);
    return ids;
  }

  /** The rows of a group that was removed, once nobody needs them to be found by. */
  private async forgetRemoved(manager: EntityManager, groupId: string): Promise<void> {
    const gone = await manager.query<unknown[]>(
      `with gone as (
         delete from directory.directory_group as removed where id = $1 and deleted_at is not null
           and not exists (select from directory.membership_change where group_id = $1) returning id
       ) select id from gone`,
      [groupId],
    );
    if (gone.length > 0) await manager.query('delete from directory.directory_member where member_id = $1', [groupId]);
  }
}

/** Of each group no more than a page, in the order of its index: what a page costs does not grow with the groups' size. */
const usersBelow = `
with recursive below (id) as (
  select $1::uuid
  union
  select member.member_id from below
  join directory.directory_member as member on member.group_id = below.id and member.member_kind = 'group'
)
select distinct page.id from below cross join lateral (
  select member.member_id as id from directory.directory_member as member
  where member.group_id = below.id and member.member_kind = 'user' and member.member_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
  order by member.member_id limit $3
) as page order by page.id limit $3`;
