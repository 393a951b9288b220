import type { EntityManager } from 'typeorm';

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
  manager: Pick<EntityManager, 'query'>,
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
 * `depthMax` rounds, and the shortest way counts.
 */
export const flattened = `
with recursive reached (id, depth) as (
  select member.group_id, 1 from directory.directory_member as member
  join directory.directory_group as direct on direct.id = member.group_id and direct.deleted_at is null
  where member.member_id = $1::uuid
  union
  select member.group_id, reached.depth + 1 from reached
  join directory.directory_member as member on member.member_id = reached.id and member.member_kind = 'group'
  join directory.directory_group as parent on parent.id = member.group_id and parent.deleted_at is null
  where reached.depth < $2::int
), nearest as (
  select id, min(depth) as depth from reached group by id
)
select nearest.id, known.display_name as name, nearest.depth,
  case when nearest.depth = 1 then '{}'::uuid[] else array(
    select member.member_id from directory.directory_member as member
    where member.group_id = nearest.id and member.member_kind = 'group') end as "inner"
from nearest join directory.directory_group as known on known.id = nearest.id
order by known.display_name_folded, nearest.id limit $3::int`;
