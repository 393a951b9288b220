import { providers } from './facts.js';
import type { Configuration, GroupsClaim, Person, Provider } from './facts.js';
import type { History } from './history.js';
import { couldLend, governed, mayTakeBack, wanted } from './reference-model.js';
import type { Voice } from './reference-model.js';
import { mayRemoveTeam } from './team-model.js';
import { providersOf } from './voices.js';
import { describe } from './wire.js';
import type { Write } from './wire.js';

/** I3, I7: of a change at the moment it reaches Jira. @returns why nothing that was ever said or configured justifies it */
export function unjustified(write: Write, past: History): string | undefined {
  const { kind, person, group, didSomething } = write;
  if (!didSomething || person === undefined) return undefined;
  switch (kind) {
    case 'activate':
      return mayActivate(write, person, past) ? undefined : `I7 ${describe(write)}`;
    case 'deactivate':
      if (!mayDeactivate(person, past)) return `I7 ${describe(write)} for nobody's word`;
      return past.deactivation.hasEverBeenOrderedOff(person) || mayPass('*', past)
        ? undefined
        : `I3 ${describe(write)} past the brake`;
    case 'remove':
      if (!mayRemove(person, group!, past)) return `I3 ${describe(write)}`;
      return mayPass(group!, past) ? undefined : `I3 ${describe(write)} past the brake`;
    case 'remove-property':
      return past.teamMayGo.has(person) || mayRemoveTeam(past, person) ? undefined : `S25 ${describe(write)}`;
    case 'set-property':
    case 'add':
    case 'create':
    case 'other':
      return undefined;
  }
}

function mayActivate({ lane }: Write, person: Person, past: History): boolean {
  const { configurations, deactivation } = past;
  const signsIn = configurations.some(({ rules }) => providersOf(past, person).some((key) => rules[key].autoActivate));
  if (signsIn && lane !== 'bulk') return true;
  if (deactivation.hasEverDeactivated(person)) return true;
  return deactivation.hasEverGoneUnused(person) && (signsIn || deactivation.hasOrder(person));
}

function mayDeactivate(person: Person, { configurations, deactivation }: History): boolean {
  if (deactivation.hasEverDeactivated(person)) return true;
  return deactivation.hasEverGoneUnused(person) && configurations.some(({ endsUnused }) => endsUnused);
}

/** Some configuration lets one person pass, or an administrator approved it. */
function mayPass(group: string, past: History): boolean {
  return past.configurations.some(({ perGroupMax }) => perGroupMax > 0) || past.wasSaid('approve', group);
}

/** A gift to a newcomer is taken back by nothing but a rule that governs the group. */
function mayRemove(person: Person, group: string, past: History): boolean {
  const isLent = past.configurations.some(({ rules }) =>
    providersOf(past, person).some((key) => couldLend(rules[key], group)),
  );
  return combinations(past, person).some(
    (voices) => !wanted(voices, group) && (governed(voices, group) || (isLent && mayTakeBack(voices, group))),
  );
}

/** Everything that may have been true of a person at once: each configuration with each word of each provider. */
function combinations(past: History, person: Person): Voice[][] {
  const said = providers.map((provider) =>
    [...past.signIns, ...past.lists]
      .filter((one) => one.person === person && one.provider === provider)
      .map((one) => one.groups),
  );
  return past.configurations.flatMap((configuration) => {
    const [cognito, partner] = [spoken(configuration, 'cognito', said[0]!), spoken(configuration, 'partner', said[1]!)];
    return [[], ...cognito.map((one) => [one])].flatMap((one) => [one, ...partner.map((other) => [...one, other])]);
  });
}

function spoken({ rules }: Configuration, provider: Provider, claims: readonly GroupsClaim[]): Voice[] {
  return claims.map((claim) => ({ rules: rules[provider], claim }));
}
