import type { MappingConfig } from '@gatehouse/contracts';
import type { GroupsState } from './read-groups.js';

interface Mapped {
  /** The claims lead to some group of Jira. */
  readonly isMapped: boolean;
  readonly state: GroupsState;
}

/**
 * Table 1.1: whether default groups are given to those for whom they are. As a fallback they need to know that nothing is
 * mapped, and a list that is cut or malformed may hide something that is.
 */
export function defaultsApply(
  { defaultGroupsFor, onlyIfNothingMapped }: Pick<MappingConfig['groups'], 'defaultGroupsFor' | 'onlyIfNothingMapped'>,
  { isMapped, state }: Mapped,
): boolean {
  if (defaultGroupsFor === 'none') return false;
  return !onlyIfNothingMapped || (!isMapped && state !== 'truncated' && state !== 'malformed');
}
