import type { KnownConfig } from '@gatehouse/config';
import {
  ConfigDocument,
  documentRefusals,
  issueText,
  knownProviders,
  meaningFaults,
  providersKnownIn,
} from '@gatehouse/contracts';
import type { KnownProvider } from '@gatehouse/contracts';
import { inGroups } from './config-fault.js';
import type { Fault } from './config-fault.js';
import { shownProblems } from './config-invalid.js';
import { readSecrets } from './config-secrets.js';
import type { ConfigSource, Path } from './parse-config-text.js';
import { countOf, shapeFaults } from './shape-faults.js';
import { faultsHere } from './usable-here.js';

/** What of the installation decides whether a document can be used in it. */
export type Here = Pick<KnownConfig, 'production' | 'publicUrl' | 'variable'>;

export interface CheckedConfig {
  /** Undefined: something is wrong. */
  readonly document: ConfigDocument | undefined;
  readonly providers: ReadonlyMap<string, KnownProvider>;
  /** Given ones by name, e.g. `providers.cognito.clientSecret`. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly faults: readonly Fault[];
  /** How many more there are, of which nothing is told. */
  readonly more: number;
}

/**
 * Everything that is wrong with a document and can be known without what is stored, at once: keys and forms, what
 * contradicts itself, what cannot be stored, what does not fit this installation, and secrets that cannot be used.
 */
export function checkConfig(source: ConfigSource, here: Here): CheckedConfig {
  const { document, providers, faults: ofDocument, more } = documentOf(source.value);
  const { secrets, faults: ofSecrets } = readSecrets(providers, here.variable);
  const faults = inGroups([...ofDocument, ...faultsHere(providers, here), ...ofSecrets]);
  const isRight = faults.length === 0 && source.problems.length === 0;
  return { document: isRight ? document : undefined, providers, secrets, faults, more };
}

/** What can be said without looking at secrets and at this installation. */
export function documentOf(value: unknown): Pick<CheckedConfig, 'document' | 'providers' | 'faults' | 'more'> {
  const refusals = documentRefusals(value);
  // One of these makes everything else either too long to look at or not what it seems.
  if (refusals.length > 0) return { document: undefined, providers: new Map(), faults: refusals, more: 0 };
  const { data, error } = ConfigDocument.safeParse(value, { error: issueText });
  if (!error) return { document: data, providers: knownProviders(data), faults: unstorable(value, []), more: 0 };
  const providers = providersKnownIn(value);
  const ofMeaning = meaningFaults(value, providers);
  const { faults, untold } = shapeFaults(error.issues, shownProblems);
  return {
    document: undefined,
    providers,
    faults: [...faults, ...ofMeaning, ...unstorable(value, [])],
    more: countOf(untold, ofMeaning),
  };
}

/** jsonb keeps neither NUL nor half a surrogate pair; say so here instead of failing in the middle of a commit. */
function unstorable(value: unknown, path: Path): readonly Fault[] {
  if (typeof value === 'string') {
    return /[\0\p{Surrogate}]/u.test(value)
      ? [{ path, message: 'has a character that cannot be stored (NUL or half a surrogate pair): leave it out' }]
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => unstorable(inner, [...path, key]));
}
