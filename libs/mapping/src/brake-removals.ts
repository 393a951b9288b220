import type { Settings } from '@gatehouse/contracts';
import { foldName } from './names.js';
import type { Removal } from './plan-removals.js';

/** How many people one configuration has cost something within the window, and of how many. */
export interface BrakeTally {
  readonly people: number;
  readonly of: number;
  /** Removals of it wait for a decision already. */
  readonly isBraked: boolean;
}

export interface BrakeQuestion {
  readonly removals: readonly Removal[];
  readonly brake: Settings['brake'];
  /** Of the configuration version as a whole; `people` without this one unless this one lost something already. */
  readonly run: BrakeTally & { readonly includesThisOne: boolean };
  /** By folded name. */
  readonly groups: ReadonlyMap<string, BrakeTally>;
  /** Memberships of this account that are held and not decided. */
  readonly heldBefore: ReadonlySet<string>;
  /** What an administrator said about this version: of a group by its folded name, of all of it under ''. */
  readonly decisions: ReadonlyMap<string, 'approve' | 'dismiss'>;
}

export interface HeldRemoval extends Removal {
  /** What went over its threshold: this group, or the configuration as a whole. */
  readonly scope: 'group' | 'run';
}

export interface BrakeDecision {
  readonly admit: readonly Removal[];
  readonly hold: readonly HeldRemoval[];
  readonly dismissed: readonly Removal[];
}

/** Below this a percentage says nothing: one person of three is no accident. */
const peopleMin = 10;

/** People are counted, not memberships: one who loses everything at a sign-in is one (P31, X51, X52). */
export function brakeRemovals(question: BrakeQuestion): BrakeDecision {
  const admit: Removal[] = [];
  const hold: HeldRemoval[] = [];
  const dismissed: Removal[] = [];
  for (const removal of question.removals) {
    const folded = foldName(removal.group);
    const decision = question.decisions.get(folded) ?? question.decisions.get('');
    const scope = scopeOf(question, removal);
    if (decision === 'dismiss') dismissed.push(removal);
    else if (decision === 'approve' || scope === undefined) admit.push(removal);
    else hold.push({ ...removal, scope });
  }
  return { admit, hold, dismissed };
}

function scopeOf(
  { brake, run, groups, heldBefore }: BrakeQuestion,
  { group: name, because }: Removal,
): HeldRemoval['scope'] | undefined {
  const folded = foldName(name);
  const more = run.includesThisOne ? 0 : 1;
  const group = groups.get(folded) ?? { people: 0, of: 0, isBraked: false };
  if (run.isBraked || isOver({ ...run, people: run.people + more }, brake.perRunMax, brake.percentMax)) return 'run';
  // How many are in a group that we only sweep is not known here: there is no share of it.
  const percentMax = because === 'swept' ? 100 : brake.percentMax;
  if (group.isBraked || isOver({ ...group, people: group.people + 1 }, brake.perGroupMax, percentMax)) return 'group';
  // What was held stays so until somebody decides, or it would drip through with the window.
  return heldBefore.has(folded) ? 'group' : undefined;
}

function isOver({ people, of }: Pick<BrakeTally, 'people' | 'of'>, max: number, percentMax: number): boolean {
  return people > max || (percentMax < 100 && people > peopleMin && people * 100 > of * percentMax);
}
