import { createHash } from 'node:crypto';
import { without } from '../data/without.js';
import type { Instance } from '../instance.js';

/** Everything a test asks about, without passwords and secrets. */
export function stateOf(jira: Instance) {
  const users = [...jira.directory.users].map((user) => ({
    ...without(user, 'password'),
    groups: jira.directory.groupsOf(user).map(({ name }) => name),
    properties: jira.directory.propertiesOf(user),
  }));
  const groups = jira.directory.groupNames;
  return {
    users,
    groups,
    hash: hashOf(users, groups),
    sessions: jira.sessions.count(),
    calls: { ...jira.calls.report(), rateLimit: jira.rateLimits.report() },
    writes: jira.calls.writeCount,
    sso: jira.sso.get(),
    idps: jira.sso.idps().map((idp) => without(idp, 'client-secret')),
  };
}

/**
 * Equal for two Jiras with the same people, profiles, memberships, properties and groups, however they came to be:
 * neither the order nor the keys given away take part.
 */
function hashOf(users: readonly { name: string; key: string }[], groups: readonly string[]): string {
  const people = users.map((user) => JSON.stringify(sorted(without(user, 'key')))).sort();
  return createHash('sha256')
    .update(JSON.stringify([people, [...groups].sort()]))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}
