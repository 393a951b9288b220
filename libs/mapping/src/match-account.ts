import type { Settings } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { z } from 'zod';
import type { DesiredAccess } from './desired-access.js';
import { foldName, sameEmail } from './names.js';

/** A Jira user as far as decisions need it. */
export interface JiraUserFacts {
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly groups: readonly string[];
}

/** What is committed before Jira is asked to create it. */
export const CreateIntent = z.object({ username: z.string(), email: z.string(), displayName: z.string() });
export type CreateIntent = z.output<typeof CreateIntent>;

export type MatchDecision =
  | { kind: 'adopt'; createdByUs: boolean }
  | { kind: 'create'; user: CreateIntent }
  | { kind: 'refuse'; code: ErrorCode };

export interface MatchQuestion {
  /** The user of the desired name, or undefined when Jira positively said that there is none. */
  readonly found: JiraUserFacts | undefined;
  readonly desired: DesiredAccess;
  /**
   * Left by an earlier run whose create was never answered. The intent of the running one does not belong here: Jira's
   * clear "already exists" to a first attempt means that somebody else made the user.
   */
  readonly unansweredIntent: CreateIntent | undefined;
  readonly settings: Pick<Settings, 'reservedUsernames' | 'administratorGroups'>;
}

/** Which Jira user an account without a pinned key becomes (DESIGN 3.1). An existing one is never adopted by accident. */
export function matchAccount({ found, desired, unansweredIntent, settings }: MatchQuestion): MatchDecision {
  if (isAmong(desired.username, settings.reservedUsernames)) return refuse('match.reserved_name');
  if (!found) {
    if (!desired.mayCreate) return refuse(desired.creationRefusal);
    return { kind: 'create', user: unansweredIntent ?? intentOf(desired) };
  }
  if (foldName(found.name) !== foldName(desired.username)) return refuse('match.name_differs');
  if (found.groups.some((group) => isAmong(group, settings.administratorGroups))) return refuse('match.administrator');
  if (unansweredIntent && isWhatWasCreated(found, unansweredIntent)) return { kind: 'adopt', createdByUs: true };
  if (desired.authoritative || sameEmail(found.emailAddress, desired.email))
    return { kind: 'adopt', createdByUs: false };
  return refuse('match.email_differs');
}

function intentOf({ username, email, displayName }: DesiredAccess): CreateIntent {
  // Jira refuses a user without a display name.
  return { username, email, displayName: displayName ?? username };
}

/** All that a create sets. Anything changed since means that somebody else had a hand in it: the ordinary rules decide then. */
function isWhatWasCreated(found: JiraUserFacts, intent: CreateIntent): boolean {
  return (
    found.active &&
    foldName(found.name) === foldName(intent.username) &&
    sameEmail(found.emailAddress, intent.email) &&
    found.displayName.normalize('NFC') === intent.displayName.normalize('NFC')
  );
}

function isAmong(name: string, names: readonly string[]): boolean {
  return names.some((other) => foldName(other) === foldName(name));
}

function refuse(code: ErrorCode): MatchDecision {
  return { kind: 'refuse', code };
}
