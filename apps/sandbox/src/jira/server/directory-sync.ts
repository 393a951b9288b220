import { z } from 'zod';
import { foldName } from '../data/fold-name.js';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { internalDirectory } from '../switches.js';

/** A user as an LDAP or Crowd server has it, or as an administrator changed it by hand behind everybody's back. */
export const SyncedUser = z.strictObject({
  name: z.string().min(1),
  directory: z.string().min(1).default(internalDirectory),
  emailAddress: z.string().default(''),
  displayName: z.string().default(''),
  active: z.boolean().default(true),
  groups: z.array(z.string()).default([]),
});
export type SyncedUser = z.output<typeof SyncedUser>;

export const RenameGroup = z.strictObject({ from: z.string().min(1), to: z.string().min(1) });
export type RenameGroup = z.output<typeof RenameGroup>;

/** No rule of REST holds here. A username has one key, in however many directories it lives. */
export function syncUser({ directory, groups, ...profile }: SyncedUser, jira: Instance): UserRow {
  for (const group of groups) if (!jira.directory.group(group)) jira.directory.createGroup(group);
  const row = {
    ...profile,
    password: null,
    groups: groups.map(foldName),
    ...(directory === internalDirectory ? {} : { directory }),
  };
  const known = jira.store.tables.usersNamed(profile.name)[0];
  return known ? jira.directory.updateUser({ ...row, key: known.key }) : jira.directory.createUser(row);
}
