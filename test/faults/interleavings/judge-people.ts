import { teamProperty } from './configuration-document.js';
import { foreignGroup, groups, people, providers } from './facts.js';
import type { Person } from './facts.js';
import type { History } from './history.js';
import type { JiraPeople } from './jira-hands.js';
import { couldGive, couldTake, givenToNew, governed, isExcluded, isNamed, wanted } from './reference-model.js';
import type { Voice } from './reference-model.js';
import type { Tables } from './tables.js';
import { faultOfTeam } from './team-model.js';
import { isHolding, providersOf, voicesOf } from './voices.js';

type JiraUser = JiraPeople['users'][number];

/** I2, I3, I4, I7: what is there is what the reference model says, and by hand stays by hand. */
export function wrongOfPeople(past: History, jira: JiraPeople, tables: Tables): string[] {
  return people.flatMap((person) => {
    const users = jira.users.filter(({ name }) => name === person);
    const voices = voicesOf(past, person);
    if (voices.length === 0) return [];
    if (users.length > 1) return [`I5 ${person} has ${users.length} users`];
    const [user] = users;
    const isTaken = past.deactivation.isDeactivated(person, past.configuration);
    if (isTaken === 'yes') return takenAway(person, user, past, tables);
    if (isTaken === 'unsure' || !voices.some(({ rules, isSilent }) => rules.enabled && !isSilent)) return [];
    if (!user) return [`I2 ${person} has no user`];
    if (!user.active) return isBack(past, person) ? [`I2 ${person} is still inactive`] : [];
    // Whoever is to go is brought up to date no more, also while the brake holds it.
    if (past.configuration.endsUnused && past.deactivation.isUnused(person)) return leftUnused(past, person, tables);
    return [
      ...memberships({ past, person, voices, user }, tables),
      ...profile(past, person, user),
      ...faultOfTeam(past, person, user.properties[teamProperty]),
    ];
  });
}

/** I7, D10: nobody is let in, no session lives on, and the Jira user is inactive if it is ours and the brake does not hold it. */
function takenAway(
  person: Person,
  user: JiraUser | undefined,
  past: History,
  { waiting, accounts, sessions }: Tables,
): string[] {
  const account = accounts.get(person);
  const told = [
    ...(account?.state === 'ready' ? [`I7 ${person} is deactivated and let in`] : []),
    ...(sessions.some((one) => one.person === person && one.isAlive) ? [`I7 a session of ${person} outlives it`] : []),
  ];
  const mayStay = waiting.has(`${person}/*`) || past.wasSaid('dismiss', '*');
  if (!account?.isPinned || !user?.active || mayStay) return told;
  return [...told, `I7 ${person} is deactivated and active in Jira`];
}

/** No hand in Jira made the user inactive, and if we did, the word that calls it back is strong enough. */
function isBack({ deactivated, deactivation, configuration }: History, person: Person): boolean {
  if (deactivated.has(person) || deactivation.hasEverGoneUnused(person)) return false;
  return !deactivation.hasEverDeactivated(person) || deactivation.isCalledBack(person, configuration);
}

/** X25: of somebody whom nobody has used for long, which is the last thing that was looked for. */
function leftUnused(past: History, person: Person, { waiting, accounts }: Tables): string[] {
  if (accounts.get(person)?.state !== 'ready' || waiting.has(`${person}/*`) || past.wasSaid('dismiss', '*')) return [];
  return [`X25 ${person} is unused and active in Jira`];
}

interface Question {
  readonly past: History;
  readonly person: Person;
  readonly voices: readonly Voice[];
  readonly user: JiraUser;
}

function memberships(question: Question, { waiting }: Tables): string[] {
  const { person, user, past } = question;
  return [...groups, foreignGroup].flatMap((group) => {
    const isThere = user.groups.includes(group);
    const why = fault(question, group, isThere);
    const waits = isThere && (waiting.has(`${person}/${group}`) || past.wasSaid('dismiss', group));
    return why && !waits ? [`${why}: ${person}, ${group}`] : [];
  });
}

function fault({ past, person, voices }: Question, group: string, isThere: boolean): string | undefined {
  if (wanted(voices, group)) return isThere ? undefined : 'I2 misses';
  const touched = past.byHand.filter((one) => one.person === person && one.group === group);
  if (!isThere && touched.length === 0 && isOwed(past, person, group)) return 'I2 misses as a newcomer';
  const everGiven = providersOf(past, person).filter((key) =>
    past.configurations.some(({ rules }) => couldGive(rules[key], group)),
  );
  const everTaken = providersOf(past, person).some((key) =>
    past.configurations.some(({ rules }) => couldTake(rules[key], group) && !isExcluded(group)),
  );
  if (everGiven.length === 0 && !everTaken) {
    const byHand = touched.at(-1)?.member ?? false;
    return byHand === isThere ? undefined : `I3 by hand it was ${byHand ? 'given' : 'not given'}`;
  }
  if (!isThere) return undefined;
  // A provider that holds back keeps what it may have given, whichever rules it had then.
  const mayStay = everGiven.some((key) => isHolding(past, person, key));
  if (mayStay) return undefined;
  // A sweep leaves what newcomers were given, whichever rules gave it to them.
  if (governed(voices, group))
    return isNamed(voices, group) || !mayBeGift(past, person, group) ? 'I2 is still in' : undefined;
  if (touched.length > 0 || isExcluded(group) || mayBeGift(past, person, group)) return undefined;
  // A group that newcomers get is taken from nobody: who was given it for another reason may have been one of them.
  if (givenToNew(voices, group)) return undefined;
  return 'I2 keeps what nobody gives any more';
}

/** S30, S33: whatever was said and configured, each word of it alone gives the group to somebody whose user we made. */
function isOwed(past: History, person: Person, group: string): boolean {
  if (past.adopted.has(person)) return false;
  const words = [...past.signIns, ...past.lists].filter((one) => one.person === person);
  const voices = past.configurations.flatMap(({ rules }) =>
    words.map(({ provider, groups: claim }) => ({ rules: rules[provider], claim })),
  );
  const speaking = voices.filter(({ rules }) => rules.enabled);
  return speaking.length > 0 && speaking.every((voice) => wanted([voice], group) || givenToNew([voice], group));
}

function mayBeGift({ adopted, signIns, lists, configurations }: History, person: Person, group: string): boolean {
  if (adopted.has(person)) return false;
  return [...signIns, ...lists].some(
    (one) =>
      one.person === person &&
      configurations.some(({ rules }) => givenToNew([{ rules: rules[one.provider], claim: one.groups }], group)),
  );
}

function profile(past: History, person: Person, user: JiraUser): string[] {
  const last = new Map(past.signIns.filter((one) => one.person === person).map((one) => [one.provider, one.number]));
  const mayBe = providers
    .filter((provider) => past.configuration.rules[provider].enabled)
    .flatMap((provider) => [last.get(provider) ?? [], past.directory.numberOf(provider, person) ?? []].flat());
  const fits = (number: number) =>
    user.emailAddress === `${person}${number}@example.com` && user.displayName === `${person} ${number}`;
  return mayBe.some(fits) ? [] : [`I4 ${person} is ${user.displayName}, ${user.emailAddress}`];
}
