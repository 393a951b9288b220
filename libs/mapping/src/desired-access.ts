import type { ConfigDocument } from '@gatehouse/contracts';
import { z } from 'zod';
import { foldName } from './names.js';
import type { Profile } from './profile.js';
import { profileOf } from './profile.js';
import type { Identity, ProviderRules } from './provider-of.js';
import { decideIdentity, rulesOf } from './provider-of.js';
import type { GroupsState } from './read-groups.js';
import { readGroups } from './read-groups.js';

const GroupReason = z.discriminatedUnion('source', [
  z.object({ group: z.string(), source: z.literal('rule'), provider: z.string(), claimed: z.string() }),
  z.object({ group: z.string(), source: z.literal('default'), provider: z.string() }),
]);
type GroupReason = z.output<typeof GroupReason>;

/** Why nothing that this provider's rules name is taken away. */
const Hold = z.object({
  provider: z.string(),
  cause: z.enum(['absent', 'truncated', 'malformed', 'keep-existing', 'not-entitled']),
});
type Hold = z.output<typeof Hold>;

/** Every group of the account that is not wanted is taken away, except these (S43, S44). */
const Sweep = z.object({ provider: z.string(), exclude: z.array(z.string()) });

/** What is given only to somebody whose Jira user Gatehouse created for this very sign-in (S30, S33). */
const GroupsIfNew = z.object({ wanted: z.array(z.string()), reasons: z.array(GroupReason) });

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

interface Contribution extends ProviderRules {
  readonly key: string;
  readonly entitled: boolean;
  readonly profile: Profile;
  readonly claimed: { readonly state: GroupsState; readonly groups: ReadonlySet<string> };
}

/**
 * What the identities of one account add up to. None can take away what another grants.
 * An identity that may not enter any more, or whose provider is off, neither gives nor takes.
 * Undefined: no identity may enter, so nothing can be decided and the last decision stands.
 */
export function desiredAccess({ identities, nameFolded, config }: Question): DesiredAccess | undefined {
  const contributions = identities.flatMap((identity) => contributionOf(identity, config));
  const entitled = contributions.filter((contribution) => contribution.entitled);
  const email = entitled[0]?.profile.email;
  if (email === undefined) return undefined;
  const naming = entitled.filter(({ profile }) => foldName(profile.username ?? '') === nameFolded);
  const displayName = entitled[0]?.profile.displayName;
  return {
    username: naming[0]?.profile.username ?? nameFolded,
    email,
    ...(displayName === undefined ? {} : { displayName }),
    updatesProfile: true,
    properties: {},
    groups: groupsOf(contributions),
    mayActivate: false,
    mayCreate: entitled.some(({ mapping }) => mapping.allowUserCreation),
    authoritative: naming.some(({ provider }) => provider.authoritativeForUsernames),
  };
}

function contributionOf(identity: Identity, config: ConfigDocument): Contribution[] {
  const rules = rulesOf(identity, config);
  if (!rules) return [];
  const { state, groups } = readGroups(identity.claims, rules.mapping.groups);
  return [
    {
      ...rules,
      key: identity.provider,
      entitled: decideIdentity(identity, config).kind === 'enter',
      profile: profileOf(identity.claims, rules.mapping),
      claimed: { state, groups: new Set(groups) },
    },
  ];
}

function groupsOf(contributions: readonly Contribution[]): DesiredAccess['groups'] {
  const reasons = contributions.filter(({ entitled }) => entitled).flatMap(reasonsOf);
  const held = contributions.flatMap((contribution) => {
    const cause = holdOf(contribution);
    return cause ? [{ contribution, hold: { provider: contribution.key, cause } }] : [];
  });
  // One provider's incomplete list may hide a grant of a group that another provider's rules name too.
  const kept = new Set(held.flatMap(({ contribution }) => targetsOf(contribution)).map(foldName));
  const managed = contributions.flatMap(targetsOf).filter((group) => !kept.has(foldName(group)));
  return {
    wanted: distinct(reasons.map(({ group }) => group)),
    managed: distinct(managed),
    sweeps: [],
    creatable: [],
    ifNew: { wanted: [], reasons: [] },
    reasons: distinctBy(reasons, reasonKey),
    holds: distinctBy(
      held.map(({ hold }) => hold),
      ({ provider, cause }) => JSON.stringify([provider, cause]),
    ),
  };
}

function reasonsOf({ key, mapping, claimed }: Contribution): GroupReason[] {
  const earned = mapping.groups.rules.filter(({ from }) => claimed.groups.has(from.normalize('NFC')));
  return [
    ...earned.map(({ from, to }) => ({ group: to, source: 'rule' as const, provider: key, claimed: from })),
    ...mapping.groups.defaultGroups.map((group) => ({ group, source: 'default' as const, provider: key })),
  ];
}

function holdOf({ entitled, mapping, claimed }: Contribution): Hold['cause'] | undefined {
  if (!entitled) return 'not-entitled';
  if (mapping.groups.keepExisting) return 'keep-existing';
  switch (claimed.state) {
    case 'list':
    case 'empty':
      return undefined;
    case 'absent':
    case 'truncated':
    case 'malformed':
      return claimed.state;
  }
}

/** D4: in manual mode the managed set is exactly the Jira groups that the rules name. */
function targetsOf({ mapping }: Contribution): string[] {
  return mapping.groups.rules.map(({ to }) => to);
}

/** One spelling per group, in an order that does not depend on that of claims or rules: equal content, equal version. */
function distinct(groups: readonly string[]): string[] {
  return distinctBy(groups, foldName);
}

function reasonKey(reason: GroupReason): string {
  const { group, source, provider } = reason;
  return JSON.stringify([foldName(group), source, provider, source === 'rule' ? reason.claimed : '']);
}

function distinctBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}
