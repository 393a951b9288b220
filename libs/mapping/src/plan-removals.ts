import type { Settings } from '@gatehouse/contracts';
import type { DesiredAccess } from './desired-access.js';
import { entriesByGroup, foldedSet, isNewcomerEntry } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import { foldName } from './names.js';
import { sweepJudge } from './judge-sweeps.js';

/** `managed`: a rule names the group. `granted`: we gave it, and no rule does any more. `swept`: on-the-fly (S43). */
export interface Removal {
  /** In Jira's own spelling. */
  readonly group: string;
  readonly because: 'managed' | 'granted' | 'swept';
}

/** A membership that would go, and why it does not. */
export interface Kept {
  readonly group: string;
  readonly because: 'administrators' | 'last-administrator' | 'administrators-unknown' | 'provider-holds' | 'dismissed';
}

export interface RemovalQuestion {
  readonly desired: Pick<DesiredAccess, 'groups'>;
  readonly actual: { readonly groups: readonly string[] };
  /** Wanted of this account, what newcomers get included where it is one. */
  readonly wanted: ReadonlySet<string>;
  readonly ledger: readonly LedgerEntry[];
  /** Those of the configuration. One that is gone neither gives nor takes. */
  readonly providers: readonly string[];
  readonly settings: Pick<Settings, 'administratorGroups'>;
}

/**
 * What is taken away: groups declared managed, and memberships that we granted for a reason that is gone (P24). What an
 * administrator gave by hand is in neither (X53); on-the-fly without "keep existing" manages every group but the
 * excluded ones (S43, S44).
 */
export function planRemovals(question: RemovalQuestion): { remove: Removal[]; kept: Kept[] } {
  const { actual, wanted, settings } = question;
  const remove: Removal[] = [];
  const kept: Kept[] = [];
  const causeOf = causes(question);
  const protectedGroups = foldedSet(settings.administratorGroups);
  const byGroup = entriesByGroup(question.ledger);
  for (const group of actual.groups) {
    const folded = foldName(group);
    const cause = wanted.has(folded) ? undefined : causeOf(group);
    if (cause === undefined) continue;
    // An administrator whom we did not make is the business of whoever did (P03).
    const isOurs = (byGroup.get(folded) ?? []).some(({ how }) => how === 'added');
    if (cause === 'provider-holds') kept.push({ group, because: cause });
    else if (protectedGroups.has(folded) && !isOurs) kept.push({ group, because: 'administrators' });
    else remove.push({ group, because: cause });
  }
  return { remove, kept };
}

function causes({ desired, ledger, providers, settings }: RemovalQuestion) {
  const { managed, sweeps, ifNew, holds } = desired.groups;
  const managedFolded = foldedSet(managed);
  const byGroup = entriesByGroup(ledger);
  const newcomersOnly = foldedSet(ifNew.wanted);
  const protectedGroups = foldedSet(settings.administratorGroups);
  const judge = sweepJudge(sweeps);
  const holding = new Set(holds.map(({ provider }) => provider));
  const mayTake = (provider: string) => providers.includes(provider) && !holding.has(provider);

  return (group: string): Removal['because'] | 'provider-holds' | undefined => {
    const folded = foldName(group);
    const entries = byGroup.get(folded) ?? [];
    const isHeld = entries.some(({ provider }) => holding.has(provider));
    if (managedFolded.has(folded)) return isHeld ? 'provider-holds' : 'managed';
    if (entries.some(isNewcomerEntry) || newcomersOnly.has(folded)) return undefined;
    const swept = judge(group);
    if (swept === 'excluded') return undefined;
    if (entries.some(({ how }) => how === 'added')) {
      // No provider takes back what another one granted, and a list that may hide the reason proves nothing (P11).
      return entries.every(({ provider }) => mayTake(provider)) ? 'granted' : 'provider-holds';
    }
    if (swept === 'left' || protectedGroups.has(folded)) return undefined;
    return isHeld ? 'provider-holds' : 'swept';
  };
}
