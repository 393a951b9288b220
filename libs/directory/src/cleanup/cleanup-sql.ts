import type { CleanupKey } from '@gatehouse/contracts';

const keys: Readonly<Record<CleanupKey, string>> = {
  userName: 'person.user_name_folded',
  externalId: 'person.external_id',
  id: 'person.id::text',
};

/** Of the clean-up $1, of the provider $2, listed at $3; $4: inactive people too. */
export function compareBy(key: CleanupKey): string {
  return `
with listed as (select value from directory.cleanup_listed where cleanup_id = $1),
compared as materialized (
  select person.id, person.version, ${keys[key]} is null as is_without_key, listed.value is not null as is_listed,
    person.changed_at > $3 as is_newer
  from directory.directory_user as person left join listed on listed.value = ${keys[key]}
  where person.provider = $2 and person.deleted_at is null and (person.active or $4::boolean)
), missing as (
  insert into directory.cleanup_person (cleanup_id, directory_user_id, version)
  select $1, id, version from compared where not is_without_key and not is_listed and not is_newer returning 1
)
select count(*)::int as compared, count(*) filter (where is_listed)::int as known,
  count(*) filter (where is_without_key)::int as without_key,
  count(*) filter (where not is_without_key and not is_listed and is_newer)::int as changed_since,
  (select count(*) from missing)::int as missing, (select count(*) from listed)::int as listed
from compared`;
}

/** Downwards from the groups $2, each followed once. */
export const spareMembers = `
with recursive below (id) as (
  select unnest($2::uuid[])
  union
  select member.member_id from below
  join directory.directory_member as member on member.group_id = below.id and member.member_kind = 'group'
), spared as (
  delete from directory.cleanup_person as person using below, directory.directory_member as member
  where person.cleanup_id = $1 and member.group_id = below.id and member.member_kind = 'user'
    and member.member_id = person.directory_user_id
  returning 1
) select count(*)::int as spared from spared`;

export const spareNamed = `
with spared as (
  delete from directory.cleanup_person where cleanup_id = $1 and directory_user_id = any($2::uuid[]) returning 1
) select count(*)::int as spared from spared`;

/** What was planned and is as it was then, and what is not. */
export const countUnchanged = `
select count(*)::int as planned, count(*) filter (where person.version = planned.version)::int as unchanged
from directory.cleanup_person as planned
left join directory.directory_user as person
  on person.id = planned.directory_user_id and person.deleted_at is null
where planned.cleanup_id = $1`;

/** Whom another application of it has in hand was skipped, and is left over if that one is cut off. */
export const finish = `
update directory.cleanup set done_at = now()
where id = $1 and (action = 'keep' or not exists (select from directory.cleanup_person where cleanup_id = $1))`;

/** The next $2, and in one order, as whoever locks several people does. */
export const takePeople = `
with next as (
  select directory_user_id from directory.cleanup_person where cleanup_id = $1
  order by directory_user_id limit $2 for update skip locked
), taken as (
  delete from directory.cleanup_person as planned using next
  where planned.cleanup_id = $1 and planned.directory_user_id = next.directory_user_id
  returning planned.directory_user_id, planned.version
) select directory_user_id as id, version from taken order by 1`;
