import { ownMember } from '@gatehouse/contracts';
import type { ConfigDocument, MappingConfig, ProviderConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import type { Decision } from './decide-entry.js';
import { decideEntry } from './decide-entry.js';

/** A person at a provider, with the claims of the last verified answer. */
export interface Identity {
  readonly provider: string;
  readonly claims: Claims;
}

export interface ProviderRules {
  readonly provider: ProviderConfig;
  readonly mapping: MappingConfig;
}

/** Own properties only: a provider can have any name that the document allows, `constructor` too. */
export function rulesOf(identity: Identity, config: ConfigDocument): ProviderRules | undefined {
  const provider = ownMember(config.providers, identity.provider);
  const mapping = ownMember(config.mappings, identity.provider);
  return provider && mapping ? { provider, mapping } : undefined;
}

/** Whether this identity may lead to an account under the configuration of now. */
export function decideIdentity(identity: Identity, config: ConfigDocument): Decision {
  const rules = rulesOf(identity, config);
  if (!rules?.provider.enabled) return { kind: 'refuse', code: 'login.provider_unknown' };
  return decideEntry({ claims: identity.claims, ...rules });
}
