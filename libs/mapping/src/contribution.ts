import type { ConfigDocument, Settings } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { isWithheld, mapGroups } from './map-groups.js';
import type { ClaimedGroup } from './map-groups.js';
import type { Profile } from './profile.js';
import { profileOf } from './profile.js';
import type { Identity, ProviderRules } from './provider-of.js';
import { decideIdentity, rulesOf } from './provider-of.js';
import type { GroupsState } from './read-groups.js';
import { readGroups } from './read-groups.js';

/** What one identity brings to its account. */
export interface Contribution extends ProviderRules {
  readonly key: string;
  readonly entitled: boolean;
  readonly claims: Claims;
  readonly profile: Profile;
  readonly state: GroupsState;
  readonly mapped: readonly ClaimedGroup[];
  readonly settings: Pick<Settings, 'administratorGroups'>;
}

/** Nothing of a provider that is gone. */
export function contributionOf(identity: Identity, config: ConfigDocument): Contribution[] {
  const rules = rulesOf(identity, config);
  if (!rules) return [];
  const { state, groups } = readGroups(identity.claims, rules.mapping.groups);
  return [
    {
      ...rules,
      key: identity.provider,
      entitled: decideIdentity(identity, config).kind === 'enter',
      claims: identity.claims,
      profile: profileOf(identity.claims, rules.mapping),
      state,
      mapped: mapGroups(groups, rules.mapping.groups),
      settings: config.settings,
    },
  ];
}

/** Whether the claims lead to any group of Jira: default groups do not count, nor does what is only withheld (S28, S39). */
export function isMapped({ mapping, mapped, settings }: Contribution): boolean {
  if (mapping.groups.update === 'off') return false;
  return mapped.some(({ grants }) => grants.some((grant) => !isWithheld(grant, settings)));
}
