import type { ErrorCode } from '@gatehouse/errors';
import { matchAccount } from './match-account.js';
import type { JiraUserFacts, MatchDecision, MatchQuestion } from './match-account.js';

export type AccountDecision = MatchDecision | { kind: 'pinned' };

interface Question extends MatchQuestion {
  /** The account holds the key of a Jira user, and `found` is what Jira shows under that key, whatever its name. */
  readonly isPinned: boolean;
}

/** What an account is to Jira. A pinned one is never matched again: whoever holds its old name now is somebody else. */
export function decideAccount({ isPinned, ...question }: Question): AccountDecision {
  if (!isPinned) return matchAccount(question);
  return question.found ? { kind: 'pinned' } : { kind: 'refuse', code: 'jira.account_missing' };
}

/** Why the right user cannot be used all the same. */
export function refusalOfUser(user: JiraUserFacts): ErrorCode | undefined {
  return user.active ? undefined : 'jira.account_inactive';
}
