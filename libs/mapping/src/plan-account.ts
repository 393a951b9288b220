import type { Settings } from '@gatehouse/contracts';
import type { DesiredAccess } from './desired-access.js';
import type { JiraUserFacts } from './match-account.js';
import { foldName, sameEmail } from './names.js';

export interface AccountPlan {
  /** Only fields that change. */
  readonly profile: { readonly email?: string; readonly displayName?: string };
  readonly add: readonly string[];
  /** In Jira's own spelling. */
  readonly remove: readonly string[];
  /** Wanted by a default group only, and not given: administrators are made by an explicit rule or by hand. */
  readonly withheld: readonly string[];
  readonly isEmpty: boolean;
}

interface Question {
  readonly desired: DesiredAccess;
  readonly actual: JiraUserFacts;
  readonly settings: Pick<Settings, 'administratorGroups'>;
}

/** The difference between what an account should be and what it is. Groups outside `managed` are never taken away. */
export function planAccount({ desired, actual, settings }: Question): AccountPlan {
  const { wanted, managed, reasons } = desired.groups;
  const protectedGroups = foldedSet(settings.administratorGroups);
  const byRule = foldedSet(reasons.filter(({ source }) => source === 'rule').map(({ group }) => group));
  const isWithheld = (group: string) => protectedGroups.has(foldName(group)) && !byRule.has(foldName(group));

  const present = foldedSet(actual.groups);
  const wantedFolded = foldedSet(wanted);
  const managedFolded = foldedSet(managed);
  const missing = wanted.filter((group) => !present.has(foldName(group)));
  const add = missing.filter((group) => !isWithheld(group));
  const remove = actual.groups.filter(
    (group) => managedFolded.has(foldName(group)) && !wantedFolded.has(foldName(group)),
  );
  const profile = profileDifference(desired, actual);
  return {
    profile,
    add,
    remove,
    withheld: missing.filter(isWithheld),
    isEmpty: add.length + remove.length + Object.keys(profile).length === 0,
  };
}

/** An address that differs in case only is the same one; Jira may have changed the case itself, and would be written for ever. */
function profileDifference(desired: DesiredAccess, actual: JiraUserFacts): AccountPlan['profile'] {
  const { email, displayName } = desired;
  const renamed = displayName !== undefined && displayName !== actual.displayName.normalize('NFC');
  return {
    ...(email !== '' && !sameEmail(email, actual.emailAddress) ? { email } : {}),
    ...(renamed && displayName !== '' ? { displayName } : {}),
  };
}

function foldedSet(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(foldName));
}
