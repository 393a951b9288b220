import type { MappingConfig } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { Claims } from './claim.js';
import { readGroups } from './read-groups.js';

/**
 * What is worth keeping with a sign-in: its groups were not received whole, so nothing is taken away on it. A claim
 * that is missing altogether is not noted: Cognito has none for everybody without groups.
 */
export function groupsNote(claims: Claims, { groups }: MappingConfig): ErrorCode | undefined {
  switch (readGroups(claims, groups).state) {
    case 'truncated':
      return 'login.groups_truncated';
    case 'malformed':
      return 'login.groups_malformed';
    case 'list':
    case 'empty':
    case 'absent':
      return undefined;
  }
}
