import type { Contribution } from './contribution.js';
import { isMapped } from './contribution.js';
import { isComplete } from './read-groups.js';
import type { CreationRefusal } from './desired-access.js';

/**
 * Whether a Jira user may be created for an account (S23, S39), before anything is written. One of its identities is
 * enough.
 * @returns why not; undefined when one may
 */
export function refusalOfCreation(entitled: readonly Contribution[]): CreationRefusal | undefined {
  const refusals = entitled.map(refusalBy);
  if (refusals.some((refusal) => refusal === undefined)) return undefined;
  // What could be put right at the provider says more than that creation is off at another.
  return refusals.find((refusal) => refusal !== 'match.creation_off') ?? 'match.creation_off';
}

function refusalBy(contribution: Contribution): CreationRefusal | undefined {
  const { mapping, state } = contribution;
  if (!mapping.allowUserCreation) return 'match.creation_off';
  if (!mapping.creationNeedsMappedGroup || isMapped(contribution)) return undefined;
  return isComplete({ state, groups: [] }) ? 'match.group_needed' : 'match.groups_incomplete';
}
