import { providers } from './facts.js';
import type { Person, Provider } from './facts.js';
import type { History } from './history.js';
import { holdsBack } from './reference-model.js';
import type { Voice } from './reference-model.js';

/** Everything that is said of a person when all is at rest. */
export function voicesOf(past: History, person: Person): Voice[] {
  return providersOf(past, person).flatMap((key) => voicesAt(past, person, key));
}

export function isHolding(past: History, person: Person, key: Provider): boolean {
  return voicesAt(past, person, key).some(holdsBack);
}

export function providersOf({ signIns, directory }: History, person: Person): readonly Provider[] {
  return providers.filter(
    (key) =>
      signIns.some((one) => one.person === person && one.provider === key) ||
      directory.standing(key, person) !== undefined,
  );
}

/** Where the directory of a provider has the person, its list is the provider's, and no claim is read. */
function voicesAt({ configurations, signIns, directory }: History, person: Person, key: Provider): Voice[] {
  const rules = configurations.at(-1)!.rules[key];
  const standing = directory.standing(key, person);
  const signIn = signIns.findLast((one) => one.person === person && one.provider === key);
  const list = directory.listOf(key, person);
  const isPresent = directory.has(key, person);
  const pushed = standing === undefined ? [] : [{ rules, claim: list, isSilent: standing !== 'active' }];
  return signIn ? [...pushed, { rules, claim: isPresent ? list : signIn.groups }] : pushed;
}
