import type { Provider, SignIn } from './facts.js';
import type { History } from './history.js';
import type { Linked } from './world.js';

const nobody: ReadonlySet<Provider> = new Set();

/**
 * I7, promise 7: who is deactivated does not come in, however far the queues are behind, and nobody else is refused for
 * it. Until the identity is linked, what other providers and administrators said is not known to be about this person.
 */
export function wrongAtSignIn(
  { person, provider }: SignIn,
  isIn: boolean,
  { history, linked }: { readonly history: History; readonly linked: Linked | undefined },
): string | undefined {
  const { directory, deactivation, configurations } = history;
  const configuration = configurations.at(-1);
  if (!configuration) return undefined;
  const own = directory.of(person).flatMap((entry, index) => (entry.provider === provider ? [index] : []));
  const known = linked?.signedIn.has(provider) ? linked : undefined;
  const is = deactivation.isDeactivated(person, configuration, {
    entries: new Set([...own, ...(known?.entries ?? [])]),
    hasAccount: known !== undefined,
    signedIn: known?.signedIn ?? nobody,
    signsIn: provider,
  });
  if (isIn && is === 'yes') return `I7 ${person} is deactivated and comes in through ${provider}`;
  if (!isIn && is === 'no') return `I6 ${person} is refused at ${provider} for nobody's word`;
  return undefined;
}
