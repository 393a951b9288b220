import type { Settings } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { z } from 'zod';
import type { DesiredAccess } from './desired-access.js';
import { foldName, sameEmail } from './names.js';

/** A Jira user as far as decisions need it. */
export interface JiraUserFacts {
  /** Where Jira itself was asked. */
  readonly key?: string | undefined;
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
  /**
   * The user of the desired name, or where the mapping matches by e-mail what `soleUserOf` says of those who have the
   * address; undefined when Jira positively said that there is none.
   */
  readonly found: JiraUserFacts | 'several' | undefined;
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
  if (found === 'several') return refuse('match.email_ambiguous');
  if (!found) {
    if (!desired.mayCreate) return refuse(desired.creationRefusal);
    return { kind: 'create', user: unansweredIntent ?? intentOf(desired) };
  }
  const isSameEmail = hasEmail(found, desired.email);
  const isNamed = foldName(found.name) === foldName(desired.username);
  // Of a user that was found by the address, the name is Jira's own matter, unless it is one that nobody may get so.
  const isMetByEmail = isSameEmail && (desired.adoption?.by ?? [desired.matchBy]).includes('email');
  if (!isNamed && !isMetByEmail) return refuse('match.name_differs');
  if (isAmong(found.name, settings.reservedUsernames)) return refuse('match.reserved_name');
  const word = wordOn(found, desired);
  if (word !== undefined) return word === 'link' ? { kind: 'adopt', createdByUs: false } : refuse('match.link_refused');
  const isOurs = unansweredIntent !== undefined && isWhatWasCreated(found, unansweredIntent);
  if (!isOurs && desired.adoption?.onMatch === 'refuse') return refuse('match.link_refused');
  if (found.groups.some((group) => isAmong(group, settings.administratorGroups))) return refuse('match.administrator');
  if (isOurs) return { kind: 'adopt', createdByUs: true };
  if (!isMetByEmail && !isMetByName(desired)) return refuse('match.link_refused');
  if (!desired.authoritative && !isSameEmail) return refuse('match.email_differs');
  if (desired.adoption?.onMatch === 'ask') return refuse('match.link_undecided');
  return { kind: 'adopt', createdByUs: false };
}

/** What an administrator decided about this very user. It counts more than addresses, and less than a reserved name. */
function wordOn({ key }: JiraUserFacts, { adoption }: DesiredAccess) {
  return key !== undefined && adoption?.word?.jiraKey === key ? adoption.word.verdict : undefined;
}

/** A name is unique at Jira: one that must not link is still in the way. */
function isMetByName({ adoption }: DesiredAccess): boolean {
  return adoption === undefined || adoption.by.includes('username');
}

/**
 * Whom an address leads to. Nobody is picked of several, and an inactive one counts too: it may be the person's own that
 * was taken away, beside an address of a whole team (D5, D10). Jira's search folds letters that `sameEmail` does not.
 */
export function soleUserOf<User extends JiraUserFacts>(
  email: string,
  shown: readonly User[],
): User | 'several' | undefined {
  const [first, ...others] = shown.filter((user) => hasEmail(user, email));
  return others.length > 0 ? 'several' : first;
}

function hasEmail({ emailAddress }: JiraUserFacts, email: string): boolean {
  return sameEmail(emailAddress.trim(), email);
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
