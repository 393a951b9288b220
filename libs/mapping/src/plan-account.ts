import type { Settings } from '@gatehouse/contracts';
import type { DesiredAccess } from './desired-access.js';
import { foldedSet } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import type { JiraUserFacts } from './match-account.js';
import { foldName, sameEmail } from './names.js';
import { planRemovals } from './plan-removals.js';
import type { Kept, Removal } from './plan-removals.js';

export interface AccountPlan {
  /** Only fields that change. */
  readonly profile: { readonly email?: string; readonly displayName?: string };
  readonly add: readonly string[];
  /** In Jira's own spelling. */
  readonly remove: readonly string[];
  /** Why each of them goes. */
  readonly removals: readonly Removal[];
  /** Would go, and stays. */
  readonly kept: readonly Kept[];
  /** Wanted by a default group only, and not given: administrators are made by an explicit rule or by hand. */
  readonly withheld: readonly string[];
  readonly isEmpty: boolean;
}

interface Question {
  readonly desired: DesiredAccess;
  readonly actual: JiraUserFacts;
  readonly settings: Pick<Settings, 'administratorGroups'>;
  /** What earlier runs gave, and why. */
  readonly ledger?: readonly LedgerEntry[];
  /** The providers of the configuration; needed to take back what the ledger names. */
  readonly providers?: readonly string[];
  /** We created the Jira user, and it has not got its groups for newcomers yet (S30). */
  readonly isNewcomer?: boolean;
}

/** The difference between what an account should be and what it is. */
export function planAccount(question: Question): AccountPlan {
  const { desired, actual, settings, ledger = [], providers = [], isNewcomer = false } = question;
  const { wanted, reasons } = wantedGroups(desired, isNewcomer);
  const protectedGroups = foldedSet(settings.administratorGroups);
  const byRule = foldedSet(reasons.filter(({ source }) => source === 'rule').map(({ group }) => group));
  const isWithheld = (group: string) => protectedGroups.has(foldName(group)) && !byRule.has(foldName(group));

  const present = foldedSet(actual.groups);
  const missing = wanted.filter((group) => !present.has(foldName(group)));
  const add = missing.filter((group) => !isWithheld(group));
  const removal = { desired, actual, wanted: foldedSet(wanted), ledger, providers, settings };
  const { remove: removals, kept } = planRemovals(removal);
  const profile = desired.updatesProfile ? profileDifference(desired, actual) : {};
  return {
    profile,
    add,
    remove: removals.map(({ group }) => group),
    removals,
    kept,
    withheld: missing.filter(isWithheld),
    isEmpty: add.length + removals.length + Object.keys(profile).length === 0,
  };
}

/** With what only newcomers get, where the account is one. */
function wantedGroups({ groups }: DesiredAccess, isNewcomer: boolean) {
  if (!isNewcomer) return { wanted: groups.wanted, reasons: groups.reasons };
  const known = foldedSet(groups.wanted);
  const more = groups.ifNew.wanted.filter((group) => !known.has(foldName(group)));
  return { wanted: [...groups.wanted, ...more], reasons: [...groups.reasons, ...groups.ifNew.reasons] };
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
