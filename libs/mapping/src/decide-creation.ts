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
  // What could be put right at the provider says more than that creation is off at another, and that more than to sign in.
  const told = refusals.filter((refusal) => refusal !== 'match.import_off');
  return told.find((refusal) => refusal !== 'match.creation_off') ?? told[0] ?? 'match.import_off';
}

function refusalBy(contribution: Contribution): CreationRefusal | undefined {
  const { mapping, state, isDirectory } = contribution;
  if (!mapping.allowUserCreation) return 'match.creation_off';
  if (isDirectory && !mapping.directory.importUsers) return 'match.import_off';
  if (!mapping.creationNeedsMappedGroup || isMapped(contribution)) return undefined;
  return isComplete({ state, groups: [] }) ? 'match.group_needed' : 'match.groups_incomplete';
}
