import type { JiraState } from '../support/sandbox.js';

const provisioning = /^(POST|PUT|DELETE) \/rest\/api\/(2|latest)\//;

/** I5: calls that change users or memberships, those included that a fault has swallowed. */
export function jiraWrites({ calls }: JiraState): number {
  return Object.entries(calls.byRoute)
    .filter(([route]) => provisioning.test(route))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** What nobody could do with less: one create for each new user, one call for each membership. */
export function idealWrites(before: JiraState, after: JiraState): number {
  const known = new Map(before.users.map((user) => [user.key, user]));
  return after.users.reduce((sum, user) => {
    const old = known.get(user.key);
    const added = user.groups.filter((group) => !old?.groups.includes(group)).length;
    const removed = old?.groups.filter((group) => !user.groups.includes(group)).length ?? 0;
    return sum + (old ? 0 : 1) + added + removed;
  }, 0);
}

/** I3: everything in Jira that is not ours, to be compared byte for byte. @param ours users that may have changed */
export function foreignPart({ users, groups }: JiraState, ours: ReadonlySet<string>): string {
  return JSON.stringify({ users: users.filter(({ name }) => !ours.has(name.toLowerCase())), groups });
}
