import type { GatehouseError } from '@gatehouse/errors';
import type { Deadline } from './deadline.js';
import { applicationRolesAnswer } from './jira-answers.js';
import type { JiraUser } from './jira-client.js';
import { directoryReadOnly, licenceFull } from './jira-errors.js';
import type { Outcome } from './jira-errors.js';
import type { JiraCalls } from './jira-calls.js';
import { sameName } from './jira-names.js';
import { parseBody } from './parse-answer.js';

interface Refusal {
  readonly outcome: Exclude<Outcome, { kind: 'done' }>;
  readonly user: JiraUser;
  /** Groups that the change would have made the user take a seat by. */
  readonly groups?: readonly string[];
  /** When neither the licence nor the directory is the cause. */
  readonly otherwise: GatehouseError;
}

/**
 * Why Jira refused to change somebody. A full licence and a read-only directory are said in a text only, which is
 * localised: both are found out by asking.
 */
export async function whyRefused(refusal: Refusal, calls: JiraCalls, deadline: Deadline): Promise<GatehouseError> {
  const { outcome, user, groups = [], otherwise } = refusal;
  const full = groups.length === 0 ? undefined : await fullApplication(groups, calls, deadline);
  if (full !== undefined) return licenceFull(full);
  // A complaint about a field is about what was asked for.
  if (outcome.kind === 'refused' && outcome.fields.length > 0) return otherwise;
  const isReadOnly = await refusesNothing(user, calls, deadline);
  return isReadOnly && outcome.kind !== 'missing' ? directoryReadOnly(outcome.said) : otherwise;
}

async function fullApplication(
  groups: readonly string[],
  calls: JiraCalls,
  deadline: Deadline,
): Promise<string | undefined> {
  const outcome = await calls.send({ method: 'GET', route: '/applicationrole' }, deadline);
  if (outcome.kind !== 'done') return undefined;
  const opened = parseBody(outcome.body, applicationRolesAnswer).filter((application) =>
    application.groups.some((one) => groups.some((group) => sameName(one, group))),
  );
  return opened.find(({ remainingSeats }) => remainingSeats !== null && remainingSeats <= 0)?.key;
}

/** Asked to change nothing at all: what a directory refuses then, it refuses to everybody. */
async function refusesNothing({ key }: JiraUser, calls: JiraCalls, deadline: Deadline): Promise<boolean> {
  const { kind } = await calls.send({ method: 'PUT', route: '/user', query: { key }, body: {} }, deadline);
  return kind === 'refused' || kind === 'forbidden';
}
