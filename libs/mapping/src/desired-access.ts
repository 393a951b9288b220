import type { ConfigDocument } from '@gatehouse/contracts';
import { z } from 'zod';
import { contributionsOf } from './contribution.js';
import type { Contribution } from './contribution.js';
import { closed, deactivationOf, isSameDeactivation, noGroups } from './deactivation.js';
import { decideLift } from './decide-deactivation.js';
import type { DeactivationFacts, Lift } from './decide-deactivation.js';
import { refusalOfCreation } from './decide-creation.js';
import { Adoption, adoptionBy } from './adoption.js';
import type { AdoptionWord } from './adoption.js';
import { desiredGroups } from './desired-groups.js';
import { foldName } from './names.js';
import { deactivationOutsideTrials, outsideTrials } from './on-trial.js';
import { decideIdentity, isTried, rulesOf } from './provider-of.js';
import type { Identity, ProviderRules } from './provider-of.js';
import { LiftedBy } from './revival.js';
import { userProperties } from './user-properties.js';

/** Of a directory: the group that the person is in itself, where the claimed one only contains it (P22). */
const through = z.string().optional();

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
    through,
  }),
  z.object({
    group: z.string(),
    source: z.literal('pattern'),
    provider: z.string(),
    claimed: z.string(),
    pattern: z.string(),
    through,
  }),
  z.object({
    group: z.string(),
    source: z.literal('on-the-fly'),
    provider: z.string(),
    claimed: z.string(),
    through,
  }),
  z.object({
    group: z.string(),
    source: z.literal('default'),
    provider: z.string(),
    /** It is given because nothing else is. */
    onlyIfNothingMapped: z.boolean().optional(),
    /** The pattern of the pages by which the person came in. */
    entry: z.string().optional(),
  }),
]);
export type GroupReason = z.output<typeof GroupReason>;

/** Why nothing that this provider's rules name is taken away. */
const Hold = z.object({
  provider: z.string(),
  cause: z.enum(['absent', 'truncated', 'malformed', 'keep-existing', 'not-entitled']),
});
export type Hold = z.output<typeof Hold>;

/** Every group of the account that is not wanted is taken away, as `sweepJudge` tells (S43, S44, X54). */
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

const CreationRefusal = z.enum([
  'match.creation_off',
  'match.group_needed',
  'match.groups_incomplete',
  'match.import_off',
]);
export type CreationRefusal = z.output<typeof CreationRefusal>;

/** Who took the access away. It comes back when nobody says so any more. */
const Deactivation = z.object({
  by: z.enum(['directory', 'administrator', 'inactivity']),
  /** Of `directory`. */
  provider: z.string().optional(),
  /** The directory has removed the person, and its mapping removes whoever Gatehouse made (`whenRemoved`). */
  removesUser: z.boolean().optional(),
});
export type Deactivation = z.output<typeof Deactivation>;

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
  /** Of an account that only directories know; left out: an existing user is adopted as at a sign-in. */
  adoption: Adoption.optional(),
  /** A deactivated Jira user is activated again, unless a directory or an administrator deactivated it (S60, D10). */
  mayActivate: z.boolean().default(false),
  /** A provider that is trusted to name Jira users gave this name. */
  authoritative: z.boolean(),
  /** Only a directory did that changes nobody who is there (X22): it says who a user is, and not what one is to be called. */
  renamesNobody: z.literal(true).optional(),
  /** Nobody signs in to the account, and its Jira user is to be inactive, whatever else is said here. */
  deactivated: Deactivation.optional(),
  /** Another name than `username`, which such a provider gives now: the Jira user is to be renamed (P06). */
  nameToHave: z.string().optional(),
  /** Whose word ended the last deactivation; without one, a user that we deactivated stays so (D10). */
  lifted: LiftedBy.optional(),
  /** Of `sign-in-over-directory`: nobody has signed in yet since words of a directory count no more, so the user stays as it is. */
  awaitsSignIn: z.boolean().optional(),
});
export type DesiredAccess = z.output<typeof DesiredAccess>;

interface Question {
  /** In the order in which they were linked: the first that may enter gives the profile, so that two never take turns. */
  readonly identities: readonly Identity[];
  /** The account's name key; names of identities that differ from it are not used. */
  readonly nameFolded: string;
  readonly config: ConfigDocument;
  /** What was decided before. */
  readonly last?: DesiredAccess | undefined;
  /** All that deactivates or lifts; left out where only somebody's claims and directories are looked at. */
  readonly words?: DeactivationFacts | undefined;
  /** An administrator's decision about the Jira user that was found for the account. */
  readonly adoptionWord?: AdoptionWord | undefined;
}

/**
 * What the identities of one account add up to, and the people of directories with them.
 * Undefined: nobody may enter and nobody has changed that, so nothing can be decided and the last decision stands.
 */
export function desiredAccess(question: Question): DesiredAccess | undefined {
  const { identities, nameFolded, config, last, words } = question;
  const heard = identities.filter((identity) => !isTried(identity, config));
  const deactivated = words ? deactivationOutsideTrials(last, words, config) : deactivationOf(heard, config);
  const lift = words && !deactivated ? decideLift(last, outsideTrials(words, config)) : {};
  const contributions = contributionsOf(identities, config);
  const access = accessOf(contributions, question);
  if (access && !deactivated) return { ...access, ...lift };
  if (access && deactivated) return closed(access, deactivated, config);
  if (last) return reopened(last, { deactivated, lift }, config);
  const known = deactivated && profileOnly(contributions, nameFolded);
  return known && closed(known, deactivated, config);
}

/** Of identities that may not enter: also of a sign-in that adds nothing to what its provider's directory says. */
function silentRules(identities: readonly Identity[], config: ConfigDocument): ProviderRules[] {
  const silent = identities.filter((identity) => decideIdentity(identity, config).kind !== 'enter');
  return silent.flatMap((identity) => rulesOf(identity, config) ?? []);
}

function accessOf(
  contributions: readonly Contribution[],
  { identities, nameFolded, config, adoptionWord }: Question,
): DesiredAccess | undefined {
  const entitled = contributions.filter((contribution) => contribution.entitled);
  const first = speakerOf(entitled);
  if (first?.profile.email === undefined) return undefined;
  const { email, displayName } = first.profile;
  const naming = entitled.filter(({ profile }) => foldName(profile.username ?? '') === nameFolded);
  const refusal = refusalOfCreation(entitled);
  return {
    username: naming[0]?.profile.username ?? nameFolded,
    email,
    ...(displayName === undefined ? {} : { displayName }),
    updatesProfile: first.mapping.profile.enabled && first.mapping.profile.updateExisting && updatesUsers(first),
    ...userProperties(entitled.filter(updatesUsers), [
      ...silentRules(identities, config),
      ...entitled.filter((contribution) => !updatesUsers(contribution)),
    ]),
    groups: desiredGroups(contributions, config.settings),
    mayActivate: entitled.some(({ mapping }) => mapping.autoActivate),
    mayCreate: refusal === undefined,
    creationRefusal: refusal ?? 'match.creation_off',
    matchBy: first.mapping.match,
    ...adoptionBy(first, entitled, adoptionWord),
    ...authorityOf(naming),
    ...nameToHave(entitled, nameFolded),
  };
}

/** The first, but a directory speaks for its provider: what changes there does not wait for a sign-in. */
function speakerOf(entitled: readonly Contribution[]): Contribution | undefined {
  const [first] = entitled;
  const own = entitled.filter(({ key }) => key === first?.key);
  return (
    own.find((one) => one.isDirectory && updatesUsers(one)) ?? own.find(({ isDirectory }) => !isDirectory) ?? first
  );
}

/** X22: what a directory says of users who exist may count for nothing. */
function updatesUsers({ isDirectory, mapping }: Contribution): boolean {
  return !isDirectory || mapping.directory.updateUsers;
}

/** Nobody may enter: only whether the access is taken away is decided anew. */
function reopened(
  last: DesiredAccess,
  { deactivated, lift }: { readonly deactivated: Deactivation | undefined; readonly lift: Lift },
  config: ConfigDocument,
): DesiredAccess | undefined {
  const isSameLift = last.lifted === lift.lifted && last.awaitsSignIn === lift.awaitsSignIn;
  if (isSameDeactivation(last.deactivated, deactivated) && isSameLift) return undefined;
  // Nobody may enter, so nothing is swept any more either.
  const access = { ...last, groups: { ...last.groups, sweeps: [] } };
  delete access.deactivated;
  delete access.lifted;
  delete access.awaitsSignIn;
  return deactivated ? closed(access, deactivated, config) : { ...access, ...lift };
}

/** Nothing was decided of somebody who is deactivated already: enough to find a user that Jira has. */
function profileOnly(contributions: readonly Contribution[], nameFolded: string): DesiredAccess | undefined {
  const known = contributions.find(({ isInScope, profile }) => isInScope && profile.email !== undefined);
  if (!known) return undefined;
  const { mapping, profile } = known;
  const isNaming = foldName(profile.username ?? '') === nameFolded;
  return {
    username: isNaming ? profile.username! : nameFolded,
    email: profile.email!,
    ...(profile.displayName === undefined ? {} : { displayName: profile.displayName }),
    ...{ updatesProfile: false, properties: {}, propertiesKept: [], groups: noGroups },
    ...{ mayActivate: false, mayCreate: false, creationRefusal: 'match.creation_off' },
    matchBy: mapping.match,
    ...authorityOf(isNaming ? [known] : []),
  };
}

function authorityOf(naming: readonly Contribution[]): Pick<DesiredAccess, 'authoritative' | 'renamesNobody'> {
  const trusted = naming.filter(({ provider }) => provider.authoritativeForUsernames);
  const renamesNobody = trusted.length > 0 && !trusted.some(updatesUsers);
  return { authoritative: trusted.length > 0, ...(renamesNobody ? { renamesNobody } : {}) };
}

/** The first that was linked decides, so that two providers never rename somebody to and fro. */
function nameToHave(entitled: readonly Contribution[], nameFolded: string): Pick<DesiredAccess, 'nameToHave'> {
  const trusted = entitled.filter((one) => one.provider.authoritativeForUsernames && updatesUsers(one));
  const name = trusted.find(({ profile }) => profile.username !== undefined)?.profile.username;
  return name === undefined || foldName(name) === nameFolded ? {} : { nameToHave: name };
}
