import type { Settings } from '@gatehouse/contracts';
import { foldName } from './names.js';
import type { Removal } from './plan-removals.js';

export type BrakeThresholds = Omit<Settings['brake'], 'fourEyes'>;

/** How many people one configuration has cost something within the window, and of how many. */
export interface BrakeTally {
  readonly people: number;
  readonly of: number;
  /** Removals of it wait for a decision already. */
  readonly isBraked: boolean;
}

/** What an account would lose: a membership, with `deactivated` its Jira user and so all it has, with `removed` for good. */
export interface Loss {
  readonly group: string;
  readonly because: Removal['because'] | 'deactivated' | 'removed';
}

/** Under this name the brake counts deactivations, and the console shows and decides them. */
export const everyGroup = '*';

/**
 * The same for Jira users that would be removed for good. Only a word about these lets them go: who approves all that a
 * version takes has seen groups and deactivations, which can be taken back.
 */
export const removedUsers = '*removed';

export interface BrakeQuestion<One extends Loss = Removal> {
  readonly removals: readonly One[];
  readonly brake: BrakeThresholds;
  /** Of the configuration version as a whole; `people` without this one unless this one lost something already. */
  readonly run: BrakeTally & { readonly includesThisOne: boolean };
  /** By folded name. */
  readonly groups: ReadonlyMap<string, BrakeTally>;
  /** Memberships of this account that are held and not decided. */
  readonly heldBefore: ReadonlySet<string>;
  /** What an administrator said about this version: of a group by its folded name, of all of it under ''. */
  readonly decisions: ReadonlyMap<string, 'approve' | 'dismiss'>;
}

export type Held<One extends Loss> = One & {
  /** What went over its threshold: this group, or the configuration as a whole. */
  readonly scope: 'group' | 'run';
};
export type HeldRemoval = Held<Loss>;

export interface BrakeDecision<One extends Loss = Removal> {
  readonly admit: readonly One[];
  readonly hold: readonly Held<One>[];
  readonly dismissed: readonly One[];
}

/** Below this a percentage says nothing: one person of three is no accident. */
const peopleMin = 10;

/** People are counted, not memberships: one who loses everything at a sign-in is one (P31, X51, X52). */
export function brakeRemovals<One extends Loss>(question: BrakeQuestion<One>): BrakeDecision<One> {
  const admit: One[] = [];
  const hold: Held<One>[] = [];
  const dismissed: One[] = [];
  for (const removal of question.removals) {
    const folded = foldName(removal.group);
    const decision = decisionOn(question, folded);
    const scope = scopeOf(question, removal);
    if (decision === 'dismiss') dismissed.push(removal);
    else if (decision === 'approve' || scope === undefined) admit.push(removal);
    else hold.push({ ...removal, scope });
  }
  const isDeactivation = ({ because }: Loss) => because === 'deactivated';
  if (!hold.some(isDeactivation) && !dismissed.some(isDeactivation)) return { admit, hold, dismissed };
  // What goes with a deactivation waits with it: let through, it would count as lost although nobody loses it.
  return { admit: [], hold: hold.filter(isDeactivation), dismissed: dismissed.filter(isDeactivation) };
}

function decisionOn({ decisions }: BrakeQuestion<Loss>, folded: string): 'approve' | 'dismiss' | undefined {
  const own = decisions.get(folded);
  const ofAll = decisions.get('');
  return own ?? (folded === removedUsers && ofAll === 'approve' ? undefined : ofAll);
}

function scopeOf(
  { brake, run, groups, heldBefore }: BrakeQuestion<Loss>,
  { group: name, because }: Loss,
): HeldRemoval['scope'] | undefined {
  const folded = foldName(name);
  const more = run.includesThisOne ? 0 : 1;
  const group = groups.get(folded) ?? { people: 0, of: 0, isBraked: false };
  if (run.isBraked || isOver({ ...run, people: run.people + more }, brake.perRunMax, brake.percentMax)) return 'run';
  // How many are in a group that we only sweep is not known here: there is no share of it. Of deactivations the run tells it.
  const percentMax = because === 'swept' || because === 'deactivated' || because === 'removed' ? 100 : brake.percentMax;
  if (group.isBraked || isOver({ ...group, people: group.people + 1 }, brake.perGroupMax, percentMax)) return 'group';
  // What was held stays so until somebody decides, or it would drip through with the window.
  return heldBefore.has(folded) ? 'group' : undefined;
}

function isOver(tally: Pick<BrakeTally, 'people' | 'of'>, max: number, percentMax: number): boolean {
  return overBrake(tally, max, percentMax) !== undefined;
}

/** Which of the two thresholds so many people are over. */
export function overBrake(
  { people, of }: Pick<BrakeTally, 'people' | 'of'>,
  max: number,
  percentMax: number,
): 'number' | 'share' | undefined {
  if (people > max) return 'number';
  return percentMax < 100 && people > peopleMin && people * 100 > of * percentMax ? 'share' : undefined;
}
