import { providers } from './facts.js';
import type { Person, Provider, Rules, SignIn } from './facts.js';
import type { History } from './history.js';

/** Undefined: Jira has no such property. */
type Value = string | undefined;

/**
 * S25, X30: which values the user property may have, from the requirements. The identity that was linked first decides
 * alone, and which one that was is up to the order; a claim that is missing keeps or removes as the mapping says, and one
 * that nobody names any more goes.
 */
export function faultOfTeam(past: History, person: Person, actual: unknown): string[] {
  const said = past.signIns.filter((one) => one.person === person);
  const last = new Map(said.map((one) => [one.provider, one]));
  const anyBefore: Value[] = [undefined, ...said.map(({ team }) => team)];
  const named = providers.filter((key) => last.has(key) && past.configuration.rules[key].team !== 'unnamed');
  const deciding = named.filter((key) => past.configuration.rules[key].enabled);
  const mayBe = deciding.flatMap((key) => valuesBy(past, key, last.get(key)!, anyBefore));
  // What only those would give who may not enter is kept.
  if (deciding.length === 0) mayBe.push(...(named.length > 0 ? anyBefore : [undefined]));
  return mayBe.some((value) => value === actual) ? [] : [`S25 the team of ${person} is ${String(actual)}`];
}

/**
 * By what is known now: some configuration names it for none of the providers through which the person came in, or removes
 * it where the claim is missing. A sign-in counts once it is linked: one through a provider that is off is when it is on again.
 */
export function mayRemoveTeam(past: History, person: Person): boolean {
  const said = past.signIns.filter((one) => one.person === person);
  const linked = past.linkedThrough(person);
  return past.configurations.some(({ rules }) => {
    const isUnnamedFor = (provider: Provider) => rules[provider].team === 'unnamed';
    const isUnnamed =
      linked.every(isUnnamedFor) && (said.length === 0 || said.some(({ provider }) => isUnnamedFor(provider)));
    return isUnnamed || said.some((one) => one.team === undefined && removesMissing(one, rules[one.provider]));
  });
}

/** An answer that was read in part says nothing of what is missing in it. */
function removesMissing({ groups }: SignIn, rules: Rules): boolean {
  return rules.enabled && rules.team === 'remove' && groups.kind !== 'partial' && groups.kind !== 'overage';
}

function valuesBy(past: History, key: Provider, signIn: SignIn, anyBefore: Value[]): Value[] {
  if (signIn.team !== undefined) return [signIn.team];
  return removesMissing(signIn, past.configuration.rules[key]) ? [undefined] : anyBefore;
}
