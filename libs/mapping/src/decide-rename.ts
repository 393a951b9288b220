import type { Settings } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { DesiredAccess } from './desired-access.js';
import type { JiraUserFacts } from './match-account.js';
import { foldName } from './names.js';

/** The name that a provider trusted to name Jira users gives. Undefined: none of the account's gives one that renames anybody. */
export function trustedName({
  nameToHave,
  authoritative,
  renamesNobody,
  username,
}: Pick<DesiredAccess, 'nameToHave' | 'authoritative' | 'renamesNobody' | 'username'>): string | undefined {
  return nameToHave ?? (authoritative && !renamesNobody ? username : undefined);
}

/** Jira takes names that differ in case only for the same, and may have changed the case itself. */
export function isSameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

/** Whoever has the new name in Jira, deleted users too. */
export interface NameHolder {
  readonly key: string;
  readonly deleted: boolean;
}

export interface RenameQuestion {
  readonly jiraKey: string;
  /** What Jira shows under that key. */
  readonly user: JiraUserFacts | undefined;
  readonly to: string;
  readonly holder: NameHolder | undefined;
  /** Folded names that are in several directories of Jira. Undefined: Jira does not say. */
  readonly inSeveralDirectories: ReadonlySet<string> | undefined;
  /** Another account goes by the new name, or holds the Jira user that has it. */
  readonly isClaimed: boolean;
  readonly signInUnderWay: boolean;
  readonly settings: Pick<Settings, 'reservedUsernames' | 'administratorGroups'>;
}

export type RenameDecision =
  { readonly kind: 'rename' | 'not-needed' | 'wait' } | { readonly kind: 'blocked'; readonly code: ErrorCode };

/**
 * Whether the Jira user of an account can get another name (P06, X35). Jira ties issues to names by a table of its own,
 * which a rename over a name that somebody has, had or has elsewhere breaks: then issues belong to `name#1`.
 */
export function decideRename(question: RenameQuestion): RenameDecision {
  const { user, to, jiraKey, holder, inSeveralDirectories, isClaimed, settings } = question;
  if (!user) return blocked('jira.account_missing');
  if (isSameName(user.name, to)) return { kind: 'not-needed' };
  const isReserved = settings.reservedUsernames.some((name) => isSameName(name, to) || isSameName(name, user.name));
  if (isReserved) return blocked('rename.reserved_name');
  if (user.groups.some((group) => settings.administratorGroups.some((other) => isSameName(group, other))))
    return blocked('rename.administrator');
  if (holder && holder.key !== jiraKey) return blocked(holder.deleted ? 'rename.deleted_user' : 'jira.username_taken');
  if (isClaimed) return blocked('rename.name_claimed');
  if (!inSeveralDirectories) return blocked('rename.directories_unknown');
  if ([user.name, to].some((name) => inSeveralDirectories.has(foldName(name))))
    return blocked('rename.several_directories');
  return { kind: question.signInUnderWay ? 'wait' : 'rename' };
}

function blocked(code: ErrorCode): RenameDecision {
  return { kind: 'blocked', code };
}
