import { seededRandom } from '@gatehouse/testing';
import { claimed, foreignGroup, groups, jiraFaults, people, providers, teams } from './facts.js';
import type { Configuration, DirectoryChange, GroupsClaim, Person, Rules, Schedule, Step } from './facts.js';

const stepsMin = 12;
const stepsMore = 12;

/** The same seed gives the same schedule. One to three people, some of them with two identities. */
export function randomSchedule(seed: number): Schedule {
  const dice = new Dice(seededRandom(seed));
  const cast = people.slice(0, 1 + dice.below(people.length));
  const before = Object.fromEntries(
    cast.filter(() => dice.chance(0.4)).map((person) => [person, dice.some([...groups, foreignGroup], 0.4)]),
  );
  dice.brakesAll = dice.chance(0.12);
  const opening: Step[] = [{ kind: 'configure', to: configuration(dice) }];
  for (const person of cast) opening.push(signIn(dice, person));
  if (dice.chance(0.5)) opening.push(...pushedBefore(dice, cast));
  const steps = Array.from({ length: stepsMin + dice.below(stepsMore) }, () => step(dice, cast));
  return { seed, before, steps: [...opening, ...steps] };
}

/** Without a few members and groups inside of groups, what a directory says later seldom meets anything. */
function pushedBefore(dice: Dice, cast: readonly Person[]): Step[] {
  const provider = dice.one(providers);
  const of = (what: DirectoryChange['what']): Step => ({ kind: 'directory', change: { provider, what } });
  const users = cast.map((person) => of({ kind: 'user', person, standing: 'active', number: dice.next() }));
  const members = cast.map((person) => of({ kind: 'member', person, group: dice.one(claimed), member: true }));
  const [inner, group] = [dice.one(claimed), dice.one(claimed)];
  return [...users, ...members, of({ kind: 'nested', inner, group, member: true })];
}

class Dice {
  /** Every address and display name is another one. */
  private number = 0;
  /** Every configuration holds every removal. */
  brakesAll = false;

  constructor(readonly roll: () => number) {}

  below(count: number): number {
    return Math.floor(this.roll() * count);
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  one<Item>(of: readonly Item[]): Item {
    return of[this.below(of.length)]!;
  }

  some<Item>(of: readonly Item[], share: number): Item[] {
    return of.filter(() => this.chance(share));
  }

  next(): number {
    return (this.number += this.chance(0.3) ? 1 : 0);
  }
}

type Make = (dice: Dice, cast: readonly Person[]) => Step;

const kinds: readonly (readonly [number, Make])[] = [
  [4, (dice, cast) => signIn(dice, dice.one(cast))],
  [2, (dice) => ({ kind: 'configure', to: configuration(dice) })],
  [4, directory],
  [0.7, (dice, cast) => ({ kind: 'order', person: dice.one(cast), order: dice.one(['deactivate', 'reactivate']) })],
  [2, byHand],
  [0.5, (dice, cast) => ({ kind: 'set-active', person: dice.one(cast), active: dice.chance(0.5) })],
  [0.3, (dice) => ({ kind: 'read-only', on: dice.chance(0.6) })],
  [1, () => ({ kind: 'sweep' })],
  [1, seats],
  [0.8, verdict],
  [0.4, () => ({ kind: 'unused' })],
  [7, deliver],
  [8, advance],
  [4, (dice) => ({ kind: 'finish', pick: dice.roll() })],
  [4, (dice) => ({ kind: 'others', jobs: 1 + dice.below(4) })],
  [2, (dice) => ({ kind: 'kill', pick: dice.roll(), calls: dice.one(['unsent', 'landed', 'late']) })],
  [3, (dice) => ({ kind: 'pass', ms: dice.one([12_000, 20_000, 20 * 60_000]), jobs: dice.below(6) })],
];
const weightOfAll = kinds.reduce((sum, [weight]) => sum + weight, 0);

function step(dice: Dice, cast: readonly Person[]): Step {
  let left = dice.roll() * weightOfAll;
  const found = kinds.find(([weight]) => (left -= weight) < 0) ?? kinds[0]!;
  return found[1](dice, cast);
}

function signIn(dice: Dice, person: Person): Step {
  const provider = dice.chance(0.7) ? providers[0] : providers[1];
  return {
    kind: 'sign-in',
    of: { person, provider, groups: groupsClaim(dice), number: dice.next(), team: team(dice) },
  };
}

function team(dice: Dice): string | undefined {
  return dice.chance(0.3) ? undefined : dice.one(teams);
}

function groupsClaim(dice: Dice): GroupsClaim {
  const names = dice.some(claimed, 0.4);
  const kind = dice.one(['list', 'list', 'list', 'list', 'partial', 'absent', 'overage', 'malformed'] as const);
  return kind === 'list' || kind === 'partial' ? { kind, names } : { kind };
}

function configuration(dice: Dice): Configuration {
  const rules = { cognito: rulesOf(dice), partner: rulesOf(dice) };
  const perGroupMax = dice.brakesAll || dice.chance(0.15) ? 0 : 500;
  return { rules, perGroupMax, endsUnused: dice.chance(0.5) };
}

function rulesOf(dice: Dice): Rules {
  const pairs = claimed.flatMap((from) => groups.map((to) => [from, to] as const));
  return {
    enabled: !dice.chance(0.08),
    autoActivate: dice.chance(0.3),
    overrules: dice.chance(0.3),
    keepsRemoved: dice.chance(0.3),
    update: dice.chance(0.2) ? dice.one(['off', 'newUsersOnly']) : 'everyLogin',
    mode: dice.chance(0.25) ? 'onTheFly' : 'manual',
    keepExisting: dice.chance(0.3),
    rules: dice.some(pairs, 0.2),
    defaults: dice.some(groups, 0.15),
    defaultsFor: dice.chance(0.2) ? 'new' : 'all',
    onlyIfNothingMapped: dice.chance(0.2),
    team: dice.one(['unnamed', 'keep', 'remove']),
  };
}

function byHand(dice: Dice, cast: readonly Person[]): Step {
  const group = dice.chance(0.3) ? foreignGroup : dice.one(groups);
  return { kind: 'by-hand', person: dice.one(cast), group, member: dice.chance(0.5) };
}

function directory(dice: Dice, cast: readonly Person[]): Step {
  const provider = dice.chance(0.7) ? providers[0] : providers[1];
  return { kind: 'directory', change: { provider, what: pushed(dice, cast) } };
}

function pushed(dice: Dice, cast: readonly Person[]): DirectoryChange['what'] {
  const [person, group, member] = [dice.one(cast), dice.one(claimed), dice.chance(0.7)];
  if (dice.chance(0.4)) {
    const standing = dice.one(['active', 'active', 'active', 'inactive', 'removed'] as const);
    return { kind: 'user', person, standing, number: dice.next() };
  }
  if (dice.chance(0.5)) return { kind: 'member', person, group, member };
  if (dice.chance(0.6)) return { kind: 'nested', inner: dice.one(claimed), group, member };
  return dice.chance(0.6) ? { kind: 'rename-group', group, to: dice.one(claimed) } : { kind: 'remove-group', group };
}

function seats(dice: Dice): Step {
  return { kind: 'seats', free: dice.one([0, 0, 1, undefined]) };
}

function verdict(dice: Dice): Step {
  const group = dice.chance(0.5) ? undefined : dice.one([...groups, '*']);
  return { kind: 'verdict', verdict: dice.chance(0.7) ? 'approve' : 'dismiss', group };
}

function deliver(dice: Dice): Step {
  const diesAt = dice.chance(0.08) ? 1 + dice.below(16) : undefined;
  return { kind: 'deliver', pick: dice.roll(), again: dice.chance(0.1), diesAt };
}

function advance(dice: Dice): Step {
  const picks = Array.from({ length: 1 + dice.below(6) }, () => dice.roll());
  return { kind: 'advance', picks, fault: dice.chance(0.25) ? dice.one(jiraFaults) : undefined };
}
