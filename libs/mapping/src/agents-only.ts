import type { ConfigDocument, Settings } from '@gatehouse/contracts';
import { contributionsOf } from './contribution.js';
import { desiredGroups } from './desired-groups.js';
import { foldedSet } from './ledger.js';
import { foldName } from './names.js';
import type { Identity } from './provider-of.js';

/** Every page of the customer portal is below it. */
export const customerPortal = '/servicedesk/customer';

/**
 * D7: whether a sign-in that began on this page of Jira is for agents only.
 *
 * @param entry a path below Jira's context path; undefined where Jira is not reached through the edge
 */
export function isForAgentsOnly(settings: Pick<Settings, 'customerPortal'>, entry: string | undefined): boolean {
  if (settings.customerPortal.singleSignOn === 'everybody' || entry === undefined) return false;
  return entry === customerPortal || entry.startsWith(`${customerPortal}/`);
}

/** Whether these claims by themselves make somebody an agent, as the mapping stands. */
export function isAgentByClaims(identity: Identity, config: ConfigDocument): boolean {
  const { wanted, ifNew } = desiredGroups(contributionsOf([identity], config), config.settings);
  const agents = foldedSet(config.settings.customerPortal.agentGroups);
  return [...wanted, ...ifNew.wanted].some((group) => agents.has(foldName(group)));
}
