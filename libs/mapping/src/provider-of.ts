import { ownMember } from '@gatehouse/contracts';
import type { ConfigDocument, MappingConfig, ProviderConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import type { Decision } from './decide-entry.js';
import { decideEntry } from './decide-entry.js';
import { directoryRules } from './directory-user.js';
import type { DirectoryStanding } from './directory-user.js';
import { isOnTrial } from './on-trial.js';
import { isProvisioned } from './provisioning-filter.js';

/** A person at a provider: who signs in, with the claims of the last verified answer, or who is in its directory. */
export interface Identity {
  readonly provider: string;
  readonly claims: Claims;
  /** By which patterns of `defaultGroupsByEntry` the person has come in so far. */
  readonly entries?: readonly string[];
  /** Of somebody in the directory. */
  readonly directory?: {
    readonly standing: DirectoryStanding;
    /** Of groups that count because another one is inside of them: through which group of the person. */
    readonly through: ReadonlyMap<string, string>;
  };
}

export interface ProviderRules {
  readonly provider: ProviderConfig;
  readonly mapping: MappingConfig;
}

/** Own properties only: a provider can have any name that the document allows, `constructor` too. */
export function rulesOf(identity: Identity, config: ConfigDocument): ProviderRules | undefined {
  const provider = ownMember(config.providers, identity.provider);
  const mapping = ownMember(config.mappings, identity.provider);
  if (!provider || !mapping) return undefined;
  return identity.directory ? directoryRules({ provider, mapping }) : { provider, mapping };
}

const leftOut: Decision = { kind: 'refuse', code: 'directory.user_left_out' };

/** Whether this identity may lead to an account under the configuration of now. */
export function decideIdentity(identity: Identity, config: ConfigDocument): Decision {
  const decision = decideInScope(identity, config);
  if (decision.kind === 'refuse') return decision;
  switch (identity.directory?.standing) {
    case 'inactive':
      return { kind: 'refuse', code: 'directory.user_inactive' };
    case 'removed':
      return { kind: 'refuse', code: 'directory.user_removed' };
    case 'active':
    case undefined:
      return decision;
  }
}

/** Of a directory that is on trial: it is as if it had said nothing. */
export function isTried({ directory, provider }: Identity, config: ConfigDocument): boolean {
  return directory !== undefined && isOnTrial(provider, config);
}

/** The same of somebody whom the directory has deactivated, as if it had not (X31). */
export function decideInScope(identity: Identity, config: ConfigDocument): Decision {
  const rules = rulesOf(identity, config);
  if (!rules?.provider.enabled) return { kind: 'refuse', code: 'login.provider_unknown' };
  if (isTried(identity, config)) return { kind: 'refuse', code: 'directory.on_trial' };
  if (identity.directory && !isProvisioned(identity.claims, rules.mapping)) return leftOut;
  return decideEntry({ claims: identity.claims, ...rules });
}

/**
 * Whether this identity may find its account. Directories take people out of all groups before they deactivate them, so
 * whoever is deactivated is found without the groups that entering needs.
 */
export function decidePlacing(identity: Identity, config: ConfigDocument): Decision {
  const rules = rulesOf(identity, config);
  if (!rules || !identity.directory || identity.directory.standing === 'active' || isTried(identity, config))
    return decideIdentity(identity, config);
  if (!isProvisioned(identity.claims, rules.mapping, 'attributes')) return leftOut;
  const mapping = { ...rules.mapping, requiredGroups: [] };
  return decideEntry({ claims: identity.claims, provider: rules.provider, mapping });
}
