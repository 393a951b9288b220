import type { JWTPayload } from 'jose';
import type { Directory } from '../data/directory.js';
import { foldName } from '../data/fold-name.js';
import type { UserRow } from '../data/rows.js';

/**
 * Just-in-time provisioning, as Atlassian describes it (jira-facts 1.2): the token is the whole truth. Whoever is
 * missing is made, e-mail and display name are rewritten, and every group that is not in the token is taken away.
 */
export function provision(name: string, claims: JWTPayload, directory: Directory): UserRow {
  const text = (claim: string) => (typeof claims[claim] === 'string' ? claims[claim] : '');
  const listed: readonly unknown[] = Array.isArray(claims['groups']) ? claims['groups'] : [];
  const groups = listed.filter((group): group is string => typeof group === 'string');
  for (const group of groups) if (!directory.group(group)) directory.createGroup(group);
  const profile = { emailAddress: text('email'), displayName: text('name'), groups: groups.map(foldName) };
  const known = directory.byName(name);
  if (!known) return directory.createUser({ name, ...profile, active: true, password: null });
  // Somebody of a remote directory is logged in from there and not written.
  return directory.modeOf(known) === 'writable' ? directory.updateUser({ ...known, ...profile }) : known;
}
