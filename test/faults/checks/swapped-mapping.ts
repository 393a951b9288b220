import type { Document } from '../support/console-api.js';
import type { Database } from '../support/database.js';
import type { JiraState } from '../support/sandbox.js';

/** Developers and support change places: no group of a person stays, so whoever mixes two versions is seen. */
const otherwise: Readonly<Record<string, string>> = {
  dev: 'jira-support',
  ops: 'jira-support',
  support: 'jira-developers',
};
const moved = new Set(Object.values(otherwise));

export function swapped(document: Document): Document {
  const rules = Object.entries(otherwise).map(([from, to]) => ({ from, to }));
  const mappings = Object.entries(document.mappings).map(([key, mapping]) => [
    key,
    { ...mapping, groups: { ...mapping.groups, rules } },
  ]);
  return { ...document, mappings: Object.fromEntries(mappings) as Document['mappings'] };
}

/** I2 for the swapped mapping. @returns one line for each person who has anything else */
export function mappedOtherwise(claimed: ReadonlyMap<string, readonly string[]>, jira: JiraState): readonly string[] {
  return [...claimed].flatMap(([name, claims]) => {
    const wanted = new Set(claims.flatMap((claim) => otherwise[claim] ?? []));
    const actual = jira.users.find((user) => user.name === name)?.groups.filter((group) => moved.has(group)) ?? [];
    const same = actual.length === wanted.size && actual.every((group) => wanted.has(group));
    return same ? [] : [`${name}: in ${actual.join(', ')} instead of ${[...wanted].join(', ')}`];
  });
}

/** Runs that gave somebody groups of both mappings, which no version alone does. */
export async function mixedRuns(
  database: Database,
  claimed: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const rows = await database.rows<{ name: string; add: string[] }>(
    `select account.name_folded as name, run.plan -> 'add' as add from sync.reconcile_run as run
     join mapping.account as account on account.id = run.account_id where run.plan -> 'add' <> '[]'`,
  );
  return rows
    .filter(({ name }) => new Set((claimed.get(name) ?? []).map((claim) => otherwise[claim])).size === 1)
    .filter(({ add }) => add.filter((group) => moved.has(group)).length > 1)
    .map(({ name, add }) => `${name}: ${add.join(', ')}`);
}
