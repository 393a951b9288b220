import { DesiredAccess } from '@gatehouse/mapping';
import type { Database } from '../support/database.js';
import type { JiraState, JiraUserState } from '../support/sandbox.js';

interface AccountRow {
  readonly name: string;
  readonly content: unknown;
  readonly version: number | null;
  readonly state: string | null;
  readonly jira_key: string | null;
  readonly applied_version: number | null;
}

/** What the sandbox's mapping makes of a group at the identity provider; the driver's own knowledge. */
const mapped: Readonly<Record<string, string>> = {
  dev: 'jira-developers',
  ops: 'jira-developers',
  support: 'jira-support',
};
const everybody = 'jira-software-users';
const managed = new Set([...Object.values(mapped), everybody]);

/** I2: the managed part of Jira is what the database wants. @returns one line for each difference */
export async function differences(database: Database, jira: JiraState): Promise<readonly string[]> {
  const accounts = await database.rows<AccountRow>(
    `select account.name_folded as name, desired.content, desired.version, known.state, known.jira_key,
       known.applied_version
     from mapping.account as account
     left join mapping.desired_access as desired on desired.account_id = account.id
     left join sync.jira_account as known on known.account_id = account.id`,
  );
  return accounts.flatMap((account) => {
    if (account.state !== 'ready') return [`${account.name}: ${account.state ?? 'no Jira account'}`];
    if (account.version !== account.applied_version)
      return [`${account.name}: version ${account.version} wanted, ${account.applied_version} applied`];
    const user = jira.users.find(({ key }) => key === account.jira_key);
    return user ? differencesOf(user, DesiredAccess.parse(account.content)) : [`${account.name}: no user in Jira`];
  });
}

/** People have what their groups at the identity provider say, computed without the product. One account each. */
export function wrongGroups(claimed: ReadonlyMap<string, readonly string[]>, jira: JiraState): readonly string[] {
  return [...claimed].flatMap(([name, claims]) => {
    const users = jira.users.filter((user) => user.name.toLowerCase() === name);
    if (users.length !== 1) return [`${name}: ${users.length} users in Jira`];
    const wanted = new Set([everybody, ...claims.flatMap((claim) => mapped[claim] ?? [])]);
    const actual = users[0]!.groups.filter((group) => managed.has(group));
    const same = actual.length === wanted.size && actual.every((group) => wanted.has(group));
    return same ? [] : [`${name}: in ${actual.join(', ')} instead of ${[...wanted].join(', ')}`];
  });
}

function differencesOf(user: JiraUserState, desired: DesiredAccess): readonly string[] {
  const { wanted, managed: named } = desired.groups;
  return [
    ...wanted.filter((group) => !user.groups.includes(group)).map((group) => `${user.name}: misses ${group}`),
    ...named
      .filter((group) => user.groups.includes(group) && !wanted.includes(group))
      .map((group) => `${user.name}: still in ${group}`),
    ...(user.emailAddress === desired.email ? [] : [`${user.name}: another e-mail`]),
    ...(user.displayName === (desired.displayName ?? user.displayName) ? [] : [`${user.name}: another name`]),
    ...(user.active ? [] : [`${user.name}: inactive`]),
  ];
}
