import type { ErrorCode } from '@gatehouse/errors';
import { mayRevive } from './revival.js';
import type { DeactivatedBy } from './revival.js';
import type { DesiredAccess } from './desired-access.js';
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
  return question.found !== undefined ? { kind: 'pinned' } : { kind: 'refuse', code: 'jira.account_missing' };
}

export interface UserStanding {
  readonly user: JiraUserFacts;
  readonly desired: Pick<DesiredAccess, 'mayActivate' | 'lifted' | 'awaitsSignIn'>;
  /** Who took the account away on purpose, as far as we recorded it. */
  readonly deactivatedBy?: DeactivatedBy | undefined;
}

/**
 * Whether the right user can be used as it is. An inactive one is revived by signing in where a clean-up disabled it;
 * one that we deactivated ourselves by the word that lifts it (S60, D10).
 */
export function decideUse({
  user,
  desired,
  deactivatedBy,
}: UserStanding): { kind: 'use' } | { kind: 'activate' } | { kind: 'refuse'; code: ErrorCode } {
  if (user.active) return { kind: 'use' };
  const isRevived = deactivatedBy === undefined ? desired.mayActivate : mayRevive(deactivatedBy, desired);
  if (isRevived) return { kind: 'activate' };
  return { kind: 'refuse', code: 'jira.account_inactive' };
}
