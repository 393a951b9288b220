import { userAnswer } from './jira-answers.js';
import type { UserAnswer } from './jira-answers.js';
import type { JiraUser } from './jira-client.js';
import { credentialsRefused, notData, refused } from './jira-errors.js';
import type { Outcome } from './jira-errors.js';
import type { JiraCall } from './jira-rest.js';
import { parseBody, withAllGroups } from './parse-answer.js';

export type By = { readonly key: string } | { readonly username: string };

export function userCall(by: By): JiraCall {
  return { method: 'GET', route: '/user', query: { ...by, expand: 'groups' } };
}

/** The user in what Jira said to `userCall`. Undefined: Jira positively said that there is no such user. */
export function userIn(outcome: Outcome, by: By): JiraUser | undefined {
  switch (outcome.kind) {
    case 'done':
      return withAllGroups(asked(by, parseBody(outcome.body, userAnswer)));
    case 'missing':
      return undefined;
    case 'forbidden':
      throw credentialsRefused('status 403 on a read');
    case 'refused':
      throw refused(outcome.said);
  }
}

/** Somebody else's record must never be taken for this one's; a cache in front of Jira could mix them up. */
function asked(by: By, user: UserAnswer): UserAnswer {
  if ('key' in by && by.key !== user.key) throw notData('another user than the one asked for');
  return user;
}
