import type { DesiredAccess } from './desired-access.js';
import { entriesByGroup, foldedSet, isNewcomerEntry, newcomerReasonText, reasonText } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import { foldName } from './names.js';

export interface LedgerQuestion {
  readonly ledger: readonly LedgerEntry[];
  /** What earlier runs gave and could not write into it any more. */
  readonly unwritten?: readonly LedgerEntry[];
  readonly desired: Pick<DesiredAccess, 'groups'>;
  readonly isNewcomer: boolean;
  /** What the user has in Jira after the changes of this run. */
  readonly present: readonly string[];
  /** What this run put the user into. */
  readonly added: readonly string[];
}

export interface LedgerRevision {
  readonly write: readonly LedgerEntry[];
  readonly erase: readonly LedgerEntry[];
}

/**
 * The ledger after a run: for every group the user is in and that is wanted, the reasons of now. A reason that was ours
 * passes that on to the one that takes its place, so that the last of them takes the membership along. What is not wanted
 * and still there keeps its entries: something holds it.
 */
export function reviseLedger({
  ledger,
  unwritten = [],
  desired,
  isNewcomer,
  present,
  added,
}: LedgerQuestion): LedgerRevision {
  const old = entriesByGroup([...ledger, ...unwritten]);
  const addedNow = foldedSet(added);
  const reasons = reasonsByGroup(desired, isNewcomer);
  const managed = foldedSet(desired.groups.managed);
  const holding = new Set(desired.groups.holds.map(({ provider }) => provider));
  const next = present.flatMap((group) => {
    const folded = foldName(group);
    const before = old.get(folded) ?? [];
    const now = reasons.get(folded);
    if (!now) return before;
    const isOurs = addedNow.has(folded) || before.some(({ how }) => how === 'added');
    if (!isOurs && !managed.has(folded)) return before.filter(isNewcomerEntry);
    const how = isOurs ? ('added' as const) : ('found' as const);
    const current = now.map(({ provider, reason }) => ({ group, provider, reason, how }));
    const sticky = before.filter((entry) => holding.has(entry.provider) || isNewcomerEntry(entry));
    if (sticky.length === 0) return current;
    const replaced = new Set(current.map(keyOf));
    return [...current, ...sticky.filter((entry) => !replaced.has(keyOf(entry)))];
  });
  const kept = byKey(next);
  const known = byKey(ledger);
  const write: LedgerEntry[] = [];
  const erase: LedgerEntry[] = [];
  for (const [key, entry] of kept) if (known.get(key)?.how !== entry.how) write.push(entry);
  for (const [key, entry] of known) if (!kept.has(key)) erase.push(entry);
  return { write, erase };
}

/** What the ledger will say of these groups once the user is in them. */
export function entriesFor(
  groups: readonly string[],
  { desired, isNewcomer }: Pick<LedgerQuestion, 'desired' | 'isNewcomer'>,
): LedgerEntry[] {
  const reasons = reasonsByGroup(desired, isNewcomer);
  return groups.flatMap((group) =>
    (reasons.get(foldName(group)) ?? []).map((one) => ({ group, ...one, how: 'added' as const })),
  );
}

type Reasons = ReadonlyMap<string, readonly Pick<LedgerEntry, 'provider' | 'reason'>[]>;

function reasonsByGroup({ groups }: Pick<DesiredAccess, 'groups'>, isNewcomer: boolean): Reasons {
  const byGroup = new Map<string, Pick<LedgerEntry, 'provider' | 'reason'>[]>();
  const add = (reasons: DesiredAccess['groups']['reasons'], textOf: typeof reasonText) => {
    for (const why of reasons) {
      const folded = foldName(why.group);
      const one = { provider: why.provider, reason: textOf(why) };
      const known = byGroup.get(folded);
      if (known) known.push(one);
      else byGroup.set(folded, [one]);
    }
  };
  add(groups.reasons, reasonText);
  if (isNewcomer) add(groups.ifNew.reasons, newcomerReasonText);
  return byGroup;
}

function byKey(entries: readonly LedgerEntry[]): ReadonlyMap<string, LedgerEntry> {
  const all = new Map<string, LedgerEntry>();
  for (const entry of entries) all.set(keyOf(entry), entry);
  return all;
}

/** With the lengths no two entries have the same one, whatever characters are in their names. */
function keyOf({ group, provider, reason }: LedgerEntry): string {
  const folded = foldName(group);
  return `${folded.length} ${provider.length} ${folded}${provider}${reason}`;
}
