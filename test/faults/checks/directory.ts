import type { Database } from '../support/database.js';
import type { ScimPusher } from '../support/scim-pusher.js';

export interface DirectoryVerdict {
  readonly lost: readonly string[];
  readonly withoutEvent: readonly string[];
  readonly unsettled: number;
  readonly parked: number;
}

export const nothingLost: DirectoryVerdict = { lost: [], withoutEvent: [], unsettled: 0, parked: 0 };

/** I1 for what an identity provider pushes, after quiet time: its ledger against the directory and the outbox. */
export async function judgeDirectory(database: Database, pusher: ScimPusher): Promise<DirectoryVerdict> {
  const [row] = await database.rows<{ unsettled: number; parked: number }>(
    `select count(*) filter (where state <> 'settled')::integer as unsettled,
       count(*) filter (where outcome = 'parked')::integer as parked
     from messaging.outbox where event like 'directory.%'`,
  );
  return {
    lost: [...(await lostPeople(database, pusher)), ...(await lostMembers(database, pusher))],
    withoutEvent: await versionsWithoutEvent(database),
    ...row!,
  };
}

/** Each name that was accepted is one person, the one whose id the answer gave, and is called what was accepted last. */
async function lostPeople(database: Database, { people, displayNames }: ScimPusher): Promise<readonly string[]> {
  const rows = await database.rows<{ name: string; ids: string[]; display: string }>(
    `select user_name_folded as name, array_agg(id::text) as ids, min(resource ->> 'displayName') as display
     from directory.directory_user where user_name_folded = any($1) group by 1`,
    [[...people.keys()]],
  );
  const known = new Map(rows.map((row) => [row.name, row]));
  return [...people].flatMap(([name, id]) => {
    const { ids = [], display } = known.get(name) ?? {};
    if (ids.length !== 1 || ids[0] !== id) return [`${name}: ${ids.join(', ') || 'nobody'} instead of ${id}`];
    const wanted = displayNames.get(name) ?? display;
    return display === wanted ? [] : [`${name}: is called ${display} instead of ${wanted}`];
  });
}

/** Exactly those who were accepted as members: nobody lost, nobody there twice or without having been asked for. */
async function lostMembers(database: Database, { members }: ScimPusher): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [groupId, accepted] of members) {
    const rows = await database.rows<{ id: string }>(
      'select member_id::text as id from directory.directory_member where group_id = $1',
      [groupId],
    );
    const actual = new Set(rows.map(({ id }) => id));
    lines.push(...[...accepted].filter((id) => !actual.has(id)).map((id) => `${groupId}: misses ${id}`));
    lines.push(...[...actual].filter((id) => !accepted.has(id)).map((id) => `${groupId}: has ${id}`));
  }
  return lines;
}

/**
 * A row and its event are one commit: of a user every version has one. Of a group the first has none, because nobody is
 * in it yet; here no group is given another name or attribute.
 */
async function versionsWithoutEvent(database: Database): Promise<readonly string[]> {
  const rows = await database.rows<{ id: string; changes: string; events: string }>(
    `select known.id, known.changes, count(row.id) as events
     from (select id::text, version as changes from directory.directory_user
           union all select id::text, version - 1 from directory.directory_group) as known
     left join messaging.outbox as row on row.key = known.id
       and row.event in ('directory.user-changed', 'directory.user-deactivated', 'directory.group-changed')
     group by known.id, known.changes having known.changes <> count(row.id)`,
  );
  return rows.map(({ id, changes, events }) => `${id}: ${changes} changes, ${events} events`);
}
