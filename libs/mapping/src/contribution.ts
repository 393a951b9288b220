import type { ConfigDocument, Settings } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { isWithheld, mapGroups } from './map-groups.js';
import type { ClaimedGroup } from './map-groups.js';
import type { Profile } from './profile.js';
import { isProvisioned } from './provisioning-filter.js';
import { profileOf } from './profile.js';
import type { Identity, ProviderRules } from './provider-of.js';
import { decideIdentity, decideInScope, isTried, rulesOf } from './provider-of.js';
import type { GroupsState } from './read-groups.js';
import { readGroups } from './read-groups.js';

/** What one identity brings to its account. */
export interface Contribution extends ProviderRules {
  readonly key: string;
  readonly isDirectory: boolean;
  readonly entitled: boolean;
  /** Entitled, or it would be if the directory had not deactivated it. */
  readonly isInScope: boolean;
  readonly claims: Claims;
  readonly profile: Profile;
  readonly state: GroupsState;
  readonly mapped: readonly ClaimedGroup[];
  readonly entries: readonly string[];
  readonly through: ReadonlyMap<string, string>;
  readonly settings: Pick<Settings, 'administratorGroups'>;
}

/**
 * Nothing of a provider that is gone. Where a provider has the person in its directory, the directory says the groups,
 * whole and at once, and a sign-in of that provider adds none: it may have no such claim, or an old one.
 */
export function contributionsOf(identities: readonly Identity[], config: ConfigDocument): Contribution[] {
  const all = identities.flatMap((identity) => contributionOf(identity, config));
  const present = all.filter(({ isPresent }) => isPresent);
  return all.flatMap((one) => {
    const directory = present.find(({ key }) => key === one.key);
    // X31: whoever signs in all the same is what the sign-in says, as if the directory did not have them.
    if (one.isLeftOut && all.some(({ key, isDirectory }) => key === one.key && !isDirectory)) return [];
    if (!directory || one.isPresent) return [one];
    // Who was removed and is there anew, or may not sign in, holds nothing that the directory gives or takes.
    if (one.isDirectory || !one.entitled) return [];
    return [{ ...one, state: directory.state, mapped: directory.mapped, through: directory.through }];
  });
}

type Located = Contribution & { readonly isPresent: boolean; readonly isLeftOut: boolean };

function contributionOf(identity: Identity, config: ConfigDocument): Located[] {
  const rules = rulesOf(identity, config);
  if (!rules) return [];
  const { directory, claims } = identity;
  const { state, groups } = readGroups(claims, rules.mapping.groups);
  const entitled = decideIdentity(identity, config).kind === 'enter';
  const isThere = directory !== undefined && directory.standing !== 'removed';
  const isLeftOut = isThere && !isProvisioned(claims, rules.mapping);
  return [
    {
      ...rules,
      key: identity.provider,
      isDirectory: directory !== undefined,
      isPresent: isThere && !isLeftOut && !isTried(identity, config),
      isLeftOut,
      entitled,
      isInScope: entitled || (directory !== undefined && decideInScope(identity, config).kind === 'enter'),
      claims,
      profile: profileOf(claims, rules.mapping),
      state,
      mapped: mapGroups(groups, rules.mapping.groups),
      entries: identity.entries ?? [],
      through: directory?.through ?? nothing,
      settings: config.settings,
    },
  ];
}

const nothing: ReadonlyMap<string, string> = new Map();

/** Whether the claims lead to any group of Jira: default groups do not count, nor does what is only withheld (S28, S39). */
export function isMapped({ mapping, mapped, settings }: Contribution): boolean {
  if (mapping.groups.update === 'off') return false;
  return mapped.some(({ grants }) => grants.some((grant) => !isWithheld(grant, settings)));
}
