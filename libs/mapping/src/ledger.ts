import type { DesiredAccess } from './desired-access.js';
import { foldName } from './names.js';

/**
 * One reason for one membership, as recorded when it was seen in Jira. `added`: we put the person in. `found`: Jira had
 * it already, and a rule declares the group managed.
 */
export interface LedgerEntry {
  readonly group: string;
  readonly provider: string;
  /** As `reasonText` says it. */
  readonly reason: string;
  readonly how: 'added' | 'found';
}

type GroupReason = DesiredAccess['groups']['reasons'][number];

const newcomerPrefix = 'if-new ';

/** A reason in one line: what it is, and the claimed group that earned it where there is one. */
export function reasonText(reason: GroupReason): string {
  if ('claimed' in reason) return `${reason.source} ${reason.claimed}`;
  return reason.entry === undefined ? reason.source : `${reason.source} ${reason.entry}`;
}

/** The same for what only newcomers get: a gift, which no later change of the rules takes back. */
export function newcomerReasonText(reason: GroupReason): string {
  return newcomerPrefix + reasonText(reason);
}

export function isNewcomerEntry({ reason }: LedgerEntry): boolean {
  return reason.startsWith(newcomerPrefix);
}

export function entriesByGroup(ledger: readonly LedgerEntry[]): ReadonlyMap<string, readonly LedgerEntry[]> {
  const byGroup = new Map<string, LedgerEntry[]>();
  for (const entry of ledger) {
    const folded = foldName(entry.group);
    const entries = byGroup.get(folded);
    if (entries) entries.push(entry);
    else byGroup.set(folded, [entry]);
  }
  return byGroup;
}

export function foldedSet(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(foldName));
}
