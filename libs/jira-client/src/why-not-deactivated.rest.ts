import type { GatehouseError } from '@gatehouse/errors';
import type { Deadline } from './deadline.js';
import { projectLeadsAnswer } from './jira-answers.js';
import type { JiraCalls } from './jira-calls.js';
import { deactivationRefused, userIsLead } from './jira-errors.js';

/**
 * Jira keeps active who leads a project or a component (P29), and says so in a localised text only. Leads of projects
 * can be asked for; those of components cannot without reading every project.
 *
 * @param said Jira's own words, which name the projects
 */
export async function whyNotDeactivated(
  said: string,
  userKey: string,
  calls: JiraCalls,
  deadline: Deadline,
): Promise<GatehouseError> {
  const call = { method: 'GET', route: '/project', query: { expand: 'lead' } } as const;
  const outcome = await calls.send(call, deadline);
  const leads =
    outcome.kind === 'done' && outcome.body.kind === 'json'
      ? projectLeadsAnswer.safeParse(outcome.body.value)
      : undefined;
  const isLead = leads?.data?.some(({ lead }) => lead?.key === userKey) ?? false;
  return isLead ? userIsLead(said) : deactivationRefused(said);
}
