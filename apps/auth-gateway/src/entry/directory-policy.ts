import type { ConfigDocument } from '@gatehouse/contracts';
import { overrulingProviders, unheededWords } from '@gatehouse/mapping';

/** Providers, by what the configuration says about the word of their directories. */
export interface DirectoryPolicy {
  /** Words of directories that deactivate nobody (`unheededWords`). */
  readonly unheeded: readonly string[];
  /** Signing in through it counts more than what a directory said before (D10). */
  readonly overruling: readonly string[];
}

const policies = new WeakMap<ConfigDocument['mappings'], DirectoryPolicy>();

/** Once for each version of the configuration: every sign-in asks. */
export function directoryPolicyOf({ mappings }: Pick<ConfigDocument, 'mappings'>): DirectoryPolicy {
  let policy = policies.get(mappings);
  if (!policy) {
    policy = { unheeded: unheededWords({ mappings }), overruling: overrulingProviders({ mappings }) };
    policies.set(mappings, policy);
  }
  return policy;
}
