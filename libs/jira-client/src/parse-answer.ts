import type { z } from 'zod';
import type { UserAnswer } from './jira-answers.js';
import type { JiraUser } from './jira-client.js';
import { incomplete, notData } from './jira-errors.js';
import type { JiraBody } from './jira-errors.js';
import { sameName } from './jira-names.js';

/**
 * The body as the contract says, or no answer at all.
 *
 * @throws OutageError when it has another shape: then it does not come from Jira as we know it
 * @throws RetryableError when it is larger than we read: that concerns one record, not Jira
 */
export function parseBody<Schema extends z.ZodType>(body: JiraBody, schema: Schema): z.output<Schema> {
  if (body.kind === 'too-large') throw incomplete('the answer is larger than 1 MB');
  if (body.kind !== 'json') throw notData(`a body of kind ${body.kind}`);
  const result = schema.safeParse(body.value);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, 5).map(({ path }) => path.map(String).join('.'));
  throw notData(`an unexpected shape at ${fields.join(', ') || 'the top'}`);
}

/** Jira lists groups only when they are expanded, while the number is right without: a short list is none. */
export function withAllGroups({ groups, lastLoginTime, ...user }: UserAnswer): JiraUser {
  if (groups === undefined) throw incomplete('no groups');
  if (groups.size !== groups.items.length) throw incomplete(`${groups.items.length} of ${groups.size} groups`);
  const more = lastLoginTime ? { lastLoginAt: lastLoginTime } : {};
  return { ...user, ...more, groups: groups.items.map(({ name }) => name) };
}

export function isMember(user: JiraUser, group: string): boolean {
  return user.groups.some((name) => sameName(name, group));
}

export interface WantedProfile {
  readonly emailAddress?: string;
  readonly displayName?: string;
}

/** Jira trims what it stores, so blanks at the ends are no difference. */
export function hasProfile(actual: Required<WantedProfile>, wanted: WantedProfile): boolean {
  const { emailAddress = actual.emailAddress, displayName = actual.displayName } = wanted;
  return actual.emailAddress.trim() === emailAddress.trim() && actual.displayName.trim() === displayName.trim();
}
