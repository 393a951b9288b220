import type { MappingConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { hasRequiredClaims } from './required-claims.js';
import { refusalByGroups } from './required-groups.js';

/**
 * X31: whether somebody of a directory is one of those whom its provider provisions. Who is not found in a list of groups
 * that is not whole may be in the rest of it, and is left alone.
 *
 * @param by `attributes`: of somebody who is deactivated. Directories take people out of all groups before.
 */
export function isProvisioned(
  claims: Claims,
  { directory: { onlyUsers }, groups }: Pick<MappingConfig, 'directory' | 'groups'>,
  by: 'everything' | 'attributes' = 'everything',
): boolean {
  if (!hasRequiredClaims(claims, onlyUsers.attributes)) return false;
  return by === 'attributes' || refusalByGroups(claims, { requiredGroups: onlyUsers.groups, groups }) === undefined;
}
