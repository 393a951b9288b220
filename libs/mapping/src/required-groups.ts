import type { MappingConfig } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { Claims } from './claim.js';
import { compileGroups } from './compile-groups.js';
import { readGroups } from './read-groups.js';

/**
 * X55: whether a person is in one of the groups that signing in needs. Who is not found in a list that is not whole may
 * be in the rest of it, and stays out all the same: the code says that it could not be told.
 * @returns why not; undefined for whoever is
 */
export function refusalByGroups(
  claims: Claims,
  { requiredGroups, groups }: Pick<MappingConfig, 'requiredGroups' | 'groups'>,
): ErrorCode | undefined {
  if (requiredGroups.length === 0) return undefined;
  const { state, groups: claimed } = readGroups(claims, groups);
  switch (state) {
    case 'absent':
      return 'entry.groups_absent';
    case 'malformed':
      return 'entry.groups_malformed';
    case 'list':
    case 'empty':
    case 'truncated': {
      const { nameOf, keyOf } = compileGroups(groups);
      const required = new Set(requiredGroups.map(keyOf));
      const isMember = claimed.some((group) => {
        const name = nameOf(group);
        return name !== undefined && required.has(keyOf(name));
      });
      if (isMember) return undefined;
      return state === 'truncated' ? 'entry.groups_truncated' : 'entry.group_required';
    }
  }
}
