import { besideNull } from '@gatehouse/database';
import type { Asking } from '@gatehouse/database';

/** Groups inside of groups inside of groups: what is deeper does not count. */
export const depthMax = 32;

/** More names than a list of groups may have anywhere (`readGroups`). */
const groupsMax = 10_001;

export interface EffectiveGroup {
  readonly name: string;
  /** The groups between, the one that the person is in itself first; none: the person is in this very one. */
  readonly chain: readonly string[];
}

interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
  /** The groups inside of it, of one that the person is not in itself. */
  readonly inner: readonly string[];
}

/** All groups that count for a user, each by its shortest chain, in one statement whose work is bounded. */
export async function groupsOf(
  manager: Asking,
  userId: string,
): Promise<{ groups: readonly EffectiveGroup[]; isWhole: boolean }> {
  const rows = await manager.query<GroupRow[]>(flattened, [userId, depthMax, groupsMax]);
  const chains = chainsOf(rows);
  const groups = rows.map(({ id, name }) => ({ name, chain: chains.get(id)! }));
  return { groups, isWhole: rows.length < groupsMax && rows.every(({ depth }) => depth < depthMax) };
}

/** Of several ways as short, the one by the first name: rows come in the order of names. */
function chainsOf(rows: readonly GroupRow[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map(rows.map((row, place) => [row.id, { row, place }]));
  const chains = new Map<string, readonly string[]>();
  for (const { id, depth, inner } of rows.toSorted((one, other) => one.depth - other.depth)) {
    let via: { row: GroupRow; place: number } | undefined;
    for (const child of inner) {
      const known = places.get(child);
      if (known?.row.depth === depth - 1 && known.place < (via?.place ?? Infinity)) via = known;
    }
    chains.set(id, via ? [...(chains.get(via.row.id) ?? []), via.row.name] : []);
  }
  return chains;
}

/**
 * Upwards from the user. A group is followed once for each depth at which it is met, so a cycle costs no more than
 * `depthMax` rounds, and the shortest way counts. One by one (`offset 0`), because a plan that was made for empty tables
 * would join all groups of all people.
 */
export const flattened = `
with recursive reached (id, depth) as (
  select direct.id, 1 from directory.directory_member as member
  cross join lateral (${standingGroup('member.group_id')}) as direct
  where member.member_id = $1::uuid
  union
  select parent.id, reached.depth + 1 from reached
  cross join lateral (
    select group_id from directory.directory_member
    where member_id = reached.id and member_kind = 'group' offset 0) as around
  cross join lateral (${standingGroup('around.group_id')}) as parent
  where reached.depth < $2::int
), nearest as (
  select id, min(depth) as depth from reached group by id
)
select nearest.id, known.display_name as name, nearest.depth,
  case when nearest.depth = 1 then '{}'::uuid[] else array(
    select member_id from directory.directory_member
    where group_id = nearest.id and member_kind = 'group') end as "inner"
from nearest cross join lateral (
  select display_name, display_name_folded from directory.directory_group where id = nearest.id offset 0) as known
order by known.display_name_folded, nearest.id limit $3::int`;

function standingGroup(id: string): string {
  return `select id from directory.directory_group where id = ${id} and ${besideNull('deleted_at')} offset 0`;
}
