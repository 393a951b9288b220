import type { ConfigDocument } from '@gatehouse/contracts';
import { z } from 'zod';
import { contributionOf } from './contribution.js';
import { refusalOfCreation } from './decide-creation.js';
import { desiredGroups } from './desired-groups.js';
import { foldName } from './names.js';
import type { Identity } from './provider-of.js';
import { userProperties } from './user-properties.js';

/**
 * Which claim and which part of the mapping give a group. A rule is named by its content and not by its number: a rule
 * put before it must not make what everybody should be new. Only `rule`, an exact name, gives groups of administrators.
 */
const GroupReason = z.discriminatedUnion('source', [
  z.object({
    group: z.string(),
    source: z.literal('rule'),
    provider: z.string(),
    claimed: z.string(),
    /** Where the claimed name became another one before it was compared. */
    from: z.string().optional(),
  }),
  z.object({
    group: z.string(),
    source: z.literal('pattern'),
    provider: z.string(),
    claimed: z.string(),
    pattern: z.string(),
  }),
  z.object({ group: z.string(), source: z.literal('on-the-fly'), provider: z.string(), claimed: z.string() }),
  z.object({
    group: z.string(),
    source: z.literal('default'),
    provider: z.string(),
    /** It is given because nothing else is. */
    onlyIfNothingMapped: z.boolean().optional(),
  }),
]);
export type GroupReason = z.output<typeof GroupReason>;

/** Why nothing that this provider's rules name is taken away. */
const Hold = z.object({
  provider: z.string(),
  cause: z.enum(['absent', 'truncated', 'malformed', 'keep-existing', 'not-entitled']),
});
export type Hold = z.output<typeof Hold>;

/** Every group of the account that is not wanted is taken away, as `sweptGroups` tells (S43, S44, X54). */
const Sweep = z.object({
  provider: z.string(),
  /** Patterns. Groups of administrators and those given to newcomers are among them. */
  exclude: z.array(z.string()),
  /** Patterns; not empty: every other group stays. */
  only: z.array(z.string()).default([]),
});
export type Sweep = z.output<typeof Sweep>;

/** What is given only to somebody whose Jira user Gatehouse created for this very sign-in (S30, S33). */
const GroupsIfNew = z.object({ wanted: z.array(z.string()), reasons: z.array(GroupReason) });

const CreationRefusal = z.enum(['match.creation_off', 'match.group_needed', 'match.groups_incomplete']);
export type CreationRefusal = z.output<typeof CreationRefusal>;

/**
 * What an account should be in Jira, with the reasons. Stored by claim-mapping, read by group-sync. Members that came
 * later have a default, because rows of an older version are read as well (F29).
 */
export const DesiredAccess = z.object({
  username: z.string(),
  email: z.string(),
  displayName: z.string().optional(),
  /** Off: a user who is there already keeps e-mail and display name; a new one gets them all the same (S20, X14). */
  updatesProfile: z.boolean().default(true),
  /** Jira user properties by key; null: to be removed. What is not named is left alone (S25, X30). */
  properties: z.record(z.string(), z.string().nullable()).default({}),
  /** Keys that the mapping names and that have no value to write: nobody has switched them off (S25). */
  propertiesKept: z.array(z.string()).default([]),
  groups: z.object({
    wanted: z.array(z.string()),
    /** Taken away when not wanted. Everything else in Jira belongs to its administrators. */
    managed: z.array(z.string()),
    /** On-the-fly without "keep existing"; empty while any provider of the account holds. */
    sweeps: z.array(Sweep).default([]),
    /** Of the wanted ones: made in Jira when they are not there (S41). */
    creatable: z.array(z.string()).default([]),
    ifNew: GroupsIfNew.default({ wanted: [], reasons: [] }),
    reasons: z.array(GroupReason),
    holds: z.array(Hold),
  }),
  mayCreate: z.boolean(),
  /** Why not, where it may not. */
  creationRefusal: CreationRefusal.default('match.creation_off'),
  /** By what an existing Jira user is found; of two users with one address neither is (S24, D5). */
  matchBy: z.enum(['username', 'email']).default('username'),
  /** A deactivated Jira user is activated again, unless a directory or an administrator deactivated it (S60, D10). */
  mayActivate: z.boolean().default(false),
  /** A provider that is trusted to name Jira users gave this name. */
  authoritative: z.boolean(),
});
export type DesiredAccess = z.output<typeof DesiredAccess>;

interface Question {
  /** In the order in which they were linked: the first that may enter gives the profile, so that two never take turns. */
  readonly identities: readonly Identity[];
  /** The account's name key; names of identities that differ from it are not used. */
  readonly nameFolded: string;
  readonly config: ConfigDocument;
}

/**
 * What the identities of one account add up to.
 * Undefined: no identity may enter, so nothing can be decided and the last decision stands.
 */
export function desiredAccess({ identities, nameFolded, config }: Question): DesiredAccess | undefined {
  const contributions = identities.flatMap((identity) => contributionOf(identity, config));
  const entitled = contributions.filter((contribution) => contribution.entitled);
  const [first] = entitled;
  if (first?.profile.email === undefined) return undefined;
  const { email, displayName } = first.profile;
  const naming = entitled.filter(({ profile }) => foldName(profile.username ?? '') === nameFolded);
  const refusal = refusalOfCreation(entitled);
  return {
    username: naming[0]?.profile.username ?? nameFolded,
    email,
    ...(displayName === undefined ? {} : { displayName }),
    updatesProfile: first.mapping.profile.enabled && first.mapping.profile.updateExisting,
    ...userProperties(
      entitled,
      contributions.filter((contribution) => !contribution.entitled),
    ),
    groups: desiredGroups(contributions, config.settings),
    mayActivate: entitled.some(({ mapping }) => mapping.autoActivate),
    mayCreate: refusal === undefined,
    creationRefusal: refusal ?? 'match.creation_off',
    matchBy: first.mapping.match,
    authoritative: naming.some(({ provider }) => provider.authoritativeForUsernames),
  };
}
