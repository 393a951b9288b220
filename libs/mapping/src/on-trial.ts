import { ownMember } from '@gatehouse/contracts';
import type { ConfigDocument } from '@gatehouse/contracts';
import { decideDeactivation, isWhollyRemoved } from './decide-deactivation.js';
import type { DeactivationFacts } from './decide-deactivation.js';
import type { Deactivation } from './desired-access.js';

/** What the directory of this provider says is only looked at: nothing of it reaches Jira. */
export function isOnTrial(provider: string, { mappings }: Pick<ConfigDocument, 'mappings'>): boolean {
  return (ownMember(mappings, provider)?.directory.provisioning ?? 'on') !== 'on';
}

/**
 * Who is deactivated while directories are on trial. What one of them says deactivates nobody and lifts nothing: whom it
 * had deactivated before stays so, or a trial would let everybody in whom it has offboarded. An administrator's order
 * that is younger than its last word lifts that.
 */
export function deactivationOutsideTrials(
  last: { readonly deactivated?: Deactivation | undefined } | undefined,
  facts: DeactivationFacts,
  config: ConfigDocument,
): Deactivation | undefined {
  const decided = decideDeactivation(outsideTrials(facts, config));
  const stood = last?.deactivated;
  // A directory on trial may have the person still, and removes nobody.
  if (
    decided?.removesUser &&
    (!isWhollyRemoved(facts) || facts.directory.some(({ provider }) => isOnTrial(provider, config)))
  )
    return { by: decided.by, provider: decided.provider };
  if (decided || stood?.by !== 'directory' || stood.provider === undefined) return decided;
  if (!isOnTrial(stood.provider, config) || isLifted(stood.provider, facts)) return undefined;
  return { by: stood.by, provider: stood.provider }; // And no user is removed meanwhile.
}

export function outsideTrials(facts: DeactivationFacts, config: ConfigDocument): DeactivationFacts {
  return { ...facts, directory: facts.directory.filter(({ provider }) => !isOnTrial(provider, config)) };
}

function isLifted(provider: string, { order, directory }: DeactivationFacts): boolean {
  if (order?.kind !== 'reactivate') return false;
  return directory.filter((word) => word.provider === provider).every(({ changedAt }) => changedAt < order.orderedAt);
}
