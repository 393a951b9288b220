import { claimed, seatGroup } from './facts.js';
import type { GroupsClaim, Rules } from './facts.js';

/** One identity of a person: what its provider said last, and by which rules it is read. */
export interface Voice {
  readonly rules: Rules;
  readonly claim: GroupsClaim;
  /** Of somebody whom the directory does not have, or not any more: it says nothing, and hides what it might say. */
  readonly isSilent?: boolean;
}

/**
 * What Jira should hold, written from the requirements alone (truth table 1.1, D4, S30, S33, S39, S43, P11) and sharing
 * nothing with libs/mapping: one that repeats a mistake of the product would prove nothing.
 */

export function wanted(voices: readonly Voice[], group: string): boolean {
  return voices.some((voice) => speaks(voice) && gives(voice, group, 'everybody'));
}

/** What only somebody gets whose Jira user we made. */
export function givenToNew(voices: readonly Voice[], group: string): boolean {
  return voices.some((voice) => speaks(voice) && gives(voice, group, 'newcomers'));
}

/** A list that is not known whole, a provider that is off or keeps what there is: nothing is concluded from silence. */
export function holdsBack(voice: Voice): boolean {
  const { rules, claim } = voice;
  if (!speaks(voice) || rules.update === 'newUsersOnly') return true;
  return rules.update !== 'off' && (rules.keepExisting || claim.kind !== 'list');
}

/** Whether a membership that is not wanted is to be taken away, whoever gave it. */
export function governed(voices: readonly Voice[], group: string): boolean {
  return !givenToNew(voices, group) && (isNamed(voices, group) || isSwept(voices, group));
}

/** Whether what was given to everybody for a reason that is gone may be taken away. */
export function mayTakeBack(voices: readonly Voice[], group: string): boolean {
  return !wanted(voices, group) && !givenToNew(voices, group) && !voices.every(holdsBack);
}

/** What on-the-fly leaves alone. */
export function isExcluded(group: string): boolean {
  return excludedFromSweeps.includes(group);
}

export const excludedFromSweeps = ['by-hand', seatGroup];

/** Whether any claims could make these rules give the group, to whomever. */
export function couldGive(rules: Rules, group: string): boolean {
  return rules.defaults.includes(group) || (rules.update !== 'off' && mayMap(rules, group));
}

/** The same to everybody, so that it is taken back when the reason goes. */
export function couldLend(rules: Rules, group: string): boolean {
  if (rules.defaults.includes(group) && rules.defaultsFor === 'all') return true;
  return rules.update === 'everyLogin' && mayMap(rules, group);
}

/** Whether the rules could ever take a membership of the group away. */
export function couldTake(rules: Rules, group: string): boolean {
  return rules.update !== 'off' && (mayMap(rules, group) || rules.mode === 'onTheFly');
}

function speaks({ rules, isSilent }: Voice): boolean {
  return rules.enabled && !isSilent;
}

function gives({ rules, claim }: Voice, group: string, whom: 'everybody' | 'newcomers'): boolean {
  const names = claim.kind === 'list' || claim.kind === 'partial' ? claim.names : [];
  const mapped = rules.update === 'off' ? [] : names.flatMap((name) => targets(rules, name));
  const earned = rules.update === (whom === 'everybody' ? 'everyLogin' : 'newUsersOnly');
  if (earned && mapped.includes(group)) return true;
  if (rules.defaultsFor !== (whom === 'everybody' ? 'all' : 'new') || !rules.defaults.includes(group)) return false;
  if (!rules.onlyIfNothingMapped) return true;
  return mapped.length === 0 && (claim.kind === 'list' || claim.kind === 'absent');
}

function targets(rules: Rules, name: string): readonly string[] {
  if (rules.mode === 'onTheFly') return isExcluded(name) ? [] : [name];
  return rules.rules.filter(([from]) => from === name).map(([, to]) => to);
}

function mayMap(rules: Rules, group: string): boolean {
  if (rules.mode === 'onTheFly') return !isExcluded(group);
  return rules.rules.some(([from, to]) => to === group && (claimed as readonly string[]).includes(from));
}

/** D4: in manual mode what the rules name, unless another provider may be hiding a reason for it. */
export function isNamed(voices: readonly Voice[], group: string): boolean {
  const names = voices.some(
    ({ rules }) => rules.mode === 'manual' && rules.update === 'everyLogin' && mayMap(rules, group),
  );
  const hidden = voices.some((voice) => holdsBack(voice) && voice.rules.update !== 'off' && mayMap(voice.rules, group));
  return names && !hidden;
}

function isSwept(voices: readonly Voice[], group: string): boolean {
  if (voices.some(holdsBack) || isExcluded(group)) return false;
  return voices.some(({ rules }) => rules.mode === 'onTheFly' && rules.update === 'everyLogin' && !rules.keepExisting);
}
