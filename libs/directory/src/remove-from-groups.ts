import { beside } from '@gatehouse/database';
import type { EntityManager } from 'typeorm';
import type { DirectoryReference } from './directory-users.js';

/** Somebody is hardly ever put into a group so often within the moment of the removal. */
export const removalRoundsMax = 5;

/**
 * Marks a person as removed and takes them out of their groups, so that nobody's addition at the same moment leaves a row.
 * An addition locks its group and then, shared, the people: so from the update on nobody can add this person, and whatever
 * was committed before it is seen. Groups are locked first and in the order of ids; a group that only then turns out to
 * be one of theirs could be held by an addition that waits for this very person, so the round begins anew.
 *
 * @param isLast whatever was joined meanwhile is waited for; PostgreSQL ends a deadlock
 * @returns whether there was somebody of this id and version; undefined: joined a group meanwhile, roll this back
 */
export async function removeFromGroups(
  manager: EntityManager,
  { provider, id, version }: DirectoryReference,
  isLast: boolean,
): Promise<boolean | undefined> {
  const groups = await manager.query<{ id: string }[]>(lockGroups, [id]);
  const removed = await manager.query<unknown[]>(removeUser, [id, provider, version ?? null]);
  if (removed.length === 0) return false;
  const locked = groups.map((group) => group.id);
  const [joined] = await manager.query<{ id: string }[]>(joinedMeanwhile, [id, locked]);
  if (joined && !isLast) return undefined;
  if (joined || locked.length > 0) await manager.query(leaveGroups, [id]);
  return true;
}

const lockGroups = `
select id from directory.directory_group
where id in (select group_id from directory.directory_member where member_id = $1) order by id for update`;

const removeUser = `
with removed as (
  update directory.directory_user set deleted_at = now(), changed_at = now(), version = version + 1
  where id = $1 and ${beside('provider', '$2')} and deleted_at is null and ($3::bigint is null or version = $3) returning id
) select id from removed`;

const joinedMeanwhile = `
select group_id as id from directory.directory_member where member_id = $1 and group_id <> all($2::uuid[]) limit 1`;

const leaveGroups = `
with gone as (
  delete from directory.directory_member where member_id = $1 returning group_id
), counted as (
  update directory.directory_group as target set version = version + 1, changed_at = now()
  where id in (select group_id from gone) returning 1
) select count(*) from counted`;
