import { everyGroup, overBrake, removedUsers } from './brake-removals.js';
import type { BrakeThresholds } from './brake-removals.js';
import type { Comparison } from './foresee-difference.js';
import { foreseeSeats } from './foresee-seats.js';
import type { SeatQuestion } from './foresee-seats.js';
import { foldedSet } from './ledger.js';
import { foldName } from './names.js';

/** More groups than any Jira has; beyond it a group is counted in the sums alone. */
const groupsMax = 50_000;
const shownGroups = 100;

interface GroupTally {
  name: string;
  gained: number;
  lost: number;
  /** Of those who lose it, how many by a sweep, of whose groups no share is known. */
  swept: number;
  /** Known members before it. */
  members: number;
}

export interface TrippedBrake {
  readonly scope: 'run' | 'group';
  readonly group: string | null;
  readonly people: number;
  readonly of: number;
  readonly threshold: 'number' | 'share';
  readonly max: number;
  readonly percentMax: number;
}

export interface PlanSums {
  readonly people: number;
  readonly affected: number;
  readonly unchanged: number;
  readonly gained: number;
  readonly lost: number;
  readonly peopleLosing: number;
  readonly kept: number;
  readonly profiles: number;
  readonly created: number;
  /** Jira users that would be removed for good. */
  readonly removed: number;
  readonly refused: { readonly begins: number; readonly ends: number };
  /** Their last run was refused for what only Jira can tell anew. */
  readonly notForeseen: number;
  readonly groups: readonly { readonly group: string; readonly gained: number; readonly lost: number }[];
  /** Groups with changes that are not among them. */
  readonly moreGroups: number;
  /** Rules name them as managed that did not before: members whom somebody put there by hand would go too. */
  readonly newlyManaged: readonly string[];
  /** People of whom a sweep begins: what they were given by hand would go too. */
  readonly newlySwept: number;
  readonly seats: readonly SeatSum[];
  readonly brake: { readonly holds: boolean; readonly tripped: readonly TrippedBrake[] };
}

interface SeatSum {
  readonly application: string;
  readonly takes: number;
  readonly frees: number;
  readonly remaining: number | null;
}

interface Measures {
  readonly brake: BrakeThresholds;
  readonly applications: SeatQuestion['applications'];
}

export interface PlanTally {
  count(comparison: Comparison): void;
  sums(): PlanSums;
}

/** Adds up one person after the other, in a memory that grows with the number of groups and not of people. */
export function tallyPlan({ brake, applications }: Measures): PlanTally {
  const sums = {
    ...{ people: 0, affected: 0, gained: 0, lost: 0, peopleLosing: 0, kept: 0, profiles: 0 },
    ...{ created: 0, removed: 0, begins: 0, ends: 0, notForeseen: 0, newlySwept: 0, withJiraUser: 0 },
  };
  const groups = new Map<string, GroupTally>();
  let deactivated = 0;
  const newlyManaged = new Map<string, string>();
  const seats = applications.map(({ name, remainingSeats }) => ({
    ...{ application: name, takes: 0, frees: 0, remaining: remainingSeats },
  }));

  function groupOf(name: string): GroupTally | undefined {
    const folded = foldName(name);
    const known = groups.get(folded);
    if (known || groups.size >= groupsMax) return known;
    const tally = { name, gained: 0, lost: 0, swept: 0, members: 0 };
    groups.set(folded, tally);
    return tally;
  }

  function countMember(present: readonly string[]): void {
    sums.withJiraUser += 1;
    for (const group of present) {
      const tally = groupOf(group);
      if (tally) tally.members += 1;
    }
  }

  function countGroups({ difference: { gains, loses } }: Comparison): void {
    for (const { group } of gains) {
      const tally = groupOf(group);
      if (tally) tally.gained += 1;
    }
    for (const { group, because } of loses) {
      const tally = groupOf(group);
      if (!tally) continue;
      tally.lost += 1;
      if (because === 'swept') tally.swept += 1;
    }
  }

  function countSeats({ present, difference: { gains, loses } }: Comparison): void {
    if (gains.length + loses.length === 0 || applications.length === 0) return;
    const gone = foldedSet(loses.map(({ group }) => group));
    const after = [...present.filter((group) => !gone.has(foldName(group))), ...gains.map(({ group }) => group)];
    for (const [at, { change }] of foreseeSeats({ applications, before: present, after }).entries()) {
      if (change === 'takes') seats[at]!.takes += 1;
      if (change === 'frees') seats[at]!.frees += 1;
    }
  }

  function countUnseen({ before, after }: Comparison): void {
    const [was, is] = [before.desired?.groups, after.desired?.groups];
    if (!is || after.plan === undefined) return;
    if (is.sweeps.length > 0 && (was?.sweeps.length ?? 0) === 0) sums.newlySwept += 1;
    if (is.managed.length === 0 || newlyManaged.size >= shownGroups) return;
    const managed = foldedSet(was?.managed ?? []);
    for (const group of is.managed) if (!managed.has(foldName(group))) newlyManaged.set(foldName(group), group);
  }

  return {
    count(comparison) {
      const { difference, before, after, present, hasJiraUser, isAffected } = comparison;
      sums.people += 1;
      if (before.jira === 'unknown' || after.jira === 'unknown') sums.notForeseen += 1;
      if (hasJiraUser) countMember(present);
      countUnseen(comparison);
      if (!isAffected) return;
      const { gains, loses, kept, profile, refusal, isCreated, isRemoved } = difference;
      sums.affected += 1;
      sums.gained += gains.length;
      sums.lost += loses.length;
      sums.kept += kept.length;
      const isDeactivated = hasJiraUser && refusal?.to === 'account.deactivated';
      if (isDeactivated) deactivated += 1;
      if (loses.length > 0 || isDeactivated || isRemoved) sums.peopleLosing += 1;
      if (Object.keys(profile).length > 0) sums.profiles += 1;
      if (isCreated) sums.created += 1;
      if (isRemoved) sums.removed += 1;
      if (refusal?.to && !refusal.from) sums.begins += 1;
      if (refusal?.from && !refusal.to) sums.ends += 1;
      countGroups(comparison);
      countSeats(comparison);
    },

    sums() {
      const { begins, ends, withJiraUser, ...numbers } = sums;
      const changed = [...groups.values()].filter(({ gained, lost }) => gained + lost > 0);
      const largest = changed.toSorted((one, other) => sizeOf(other) - sizeOf(one) || (one.name < other.name ? -1 : 1));
      const everybody = { name: everyGroup, gained: 0, lost: deactivated, swept: deactivated, members: 0 };
      const removed = { ...everybody, name: removedUsers, lost: sums.removed, swept: sums.removed };
      const losing = [...changed, everybody, removed];
      const tripped = trippedBy({ people: sums.peopleLosing, of: withJiraUser }, losing, brake);
      return {
        ...numbers,
        unchanged: sums.people - sums.affected,
        refused: { begins, ends },
        groups: largest.slice(0, shownGroups).map(({ name, gained, lost }) => ({ group: name, gained, lost })),
        moreGroups: Math.max(0, changed.length - shownGroups),
        newlyManaged: [...newlyManaged.values()].sort().slice(0, shownGroups),
        seats,
        brake: { holds: tripped.length > 0, tripped: tripped.slice(0, shownGroups) },
      };
    },
  };
}

function sizeOf({ gained, lost }: GroupTally): number {
  return gained + lost;
}

/** As the brake would see it once everybody was looked at within its hour. */
function trippedBy(
  run: { readonly people: number; readonly of: number },
  groups: readonly GroupTally[],
  { perRunMax, perGroupMax, percentMax }: BrakeThresholds,
): TrippedBrake[] {
  const ofRun = overBrake(run, perRunMax, percentMax);
  const whole = { ...run, scope: 'run' as const, group: null, max: perRunMax, percentMax };
  return [
    ...(ofRun === undefined ? [] : [{ ...whole, threshold: ofRun }]),
    ...groups.flatMap(({ name, lost, swept, members }) => {
      const tally = { people: lost, of: members };
      const threshold = overBrake(tally, perGroupMax, swept === lost ? 100 : percentMax);
      const told = { ...tally, scope: 'group' as const, group: name, max: perGroupMax, percentMax };
      return threshold === undefined ? [] : [{ ...told, threshold }];
    }),
  ];
}
