import { ownMember } from '@gatehouse/contracts';
import type { ConfigDocument } from '@gatehouse/contracts';
import type { Deactivation, DesiredAccess } from './desired-access.js';
import { isHeeded, removesUsers } from './directory-user.js';
import type { Identity } from './provider-of.js';

/**
 * Whether the directories of an account take its access away (I4: what they say now, whatever came before). One that
 * marks the person inactive is enough. A removal is taken back by any directory that has the person, because whoever is
 * made anew there is another row.
 */
export function deactivationOf(identities: readonly Identity[], config: ConfigDocument): Deactivation | undefined {
  const of = (standing: 'active' | 'inactive' | 'removed') =>
    identities
      .filter(({ directory }) => directory?.standing === standing)
      .toSorted((one, other) => (one.provider < other.provider ? -1 : 1));
  const inactive = of('inactive').find(({ provider }) => isHeeded('inactive', provider, config));
  if (inactive) return { by: 'directory', provider: inactive.provider };
  if (of('active').length > 0) return undefined;
  const removed = of('removed').find(({ provider }) => isHeeded('removed', provider, config));
  const isWhollyRemoved = identities.every(
    ({ directory, provider }) => !directory || (directory.standing === 'removed' && removesUsers(provider, config)),
  );
  return removed && removedBy(removed.provider, isWhollyRemoved);
}

export function removedBy(provider: string, removesUser: boolean): Deactivation {
  return { by: 'directory', provider, ...(removesUser ? { removesUser } : {}) };
}

/** What is decided of somebody whose access is taken away: nobody creates or revives a user for it. */
export function closed(access: DesiredAccess, deactivated: Deactivation, config: ConfigDocument): DesiredAccess {
  const { provider } = deactivated;
  const except =
    provider === undefined ? undefined : ownMember(config.mappings, provider)?.directory.removeGroupsExcept;
  const shut = { ...access, mayCreate: false, mayActivate: false, deactivated };
  if (provider === undefined || except === undefined) return shut;
  const exclude = [...new Set([...except, ...config.settings.administratorGroups])].sort();
  return { ...shut, groups: { ...noGroups, sweeps: [{ provider, exclude, only: [] }] } };
}

/** Nothing given and nothing taken. */
export const noGroups: DesiredAccess['groups'] = {
  ...{ wanted: [], managed: [], sweeps: [], creatable: [], reasons: [], holds: [] },
  ifNew: { wanted: [], reasons: [] },
};

export function isSameDeactivation(one: Deactivation | undefined, other: Deactivation | undefined): boolean {
  return one?.by === other?.by && one?.provider === other?.provider && one?.removesUser === other?.removesUser;
}

/** For people to read. @param since of a directory: when it changed the person last */
export function deactivationText({ by, provider, removesUser }: Deactivation, since: Date | undefined): string {
  switch (by) {
    case 'directory':
      return `${removesUser ? 'removed' : 'deactivated'} by the directory of the provider ${provider ?? '(not recorded)'}${since ? ` at ${since.toISOString()}` : ''}`;
    case 'administrator':
      return 'deactivated by an administrator';
    case 'inactivity':
      return 'deactivated, because nobody had signed in for long';
  }
}
