import { groupName, groupPrefix, groupsOf, personName } from './company.js';
import type { Company } from './company.js';

interface State {
  readonly users: readonly { readonly name: string; readonly active: boolean; readonly groups: readonly string[] }[];
}

/** Who is not in Jira exactly as the provider has said: missing, there twice, inactive, or in other groups. */
export async function differencesIn(jiraUrl: string, company: Company): Promise<readonly string[]> {
  const { users } = (await (await fetch(`${jiraUrl}/__test/state`)).json()) as State;
  const byName = new Map<string, State['users']>();
  for (const user of users) byName.set(user.name, [...(byName.get(user.name) ?? []), user]);
  const wrong: string[] = [];
  for (let index = 0; index < company.people; index += 1) {
    const name = personName(index);
    const [user, ...more] = byName.get(name) ?? [];
    const wanted = groupsOf(index, company).map(groupName).sort().join();
    const actual = user?.groups
      .filter((group) => group.startsWith(groupPrefix))
      .sort()
      .join();
    if (!user?.active || more.length > 0 || actual !== wanted) wrong.push(`${name}: ${actual} instead of ${wanted}`);
  }
  return wrong;
}
