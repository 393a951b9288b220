import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { DeactivationFacts } from './decide-deactivation.js';
import { noWords, overrulingProviders, unheededWords, wordOf } from './decide-deactivation.js';
import { desiredAccess } from './desired-access.js';
import type { DesiredAccess } from './desired-access.js';
import { removesUsers } from './directory-user.js';
import { foreseeJira } from './foresee-jira.js';
import { foldedSet } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import type { CreateIntent, JiraUserFacts } from './match-account.js';
import { foldName } from './names.js';
import type { AccountPlan } from './plan-account.js';
import { removalsOnDeactivation } from './plan-deactivation.js';
import { decideIdentity } from './provider-of.js';
import type { Identity } from './provider-of.js';
import type { DeactivatedBy } from './revival.js';

/** What our own tables say of one person. Jira is not asked, so what was done there by hand is not in it. */
export interface PersonOnRecord {
  readonly nameFolded: string;
  /** The last decision; it stands while nobody of the account may enter. */
  readonly decided: DesiredAccess | undefined;
  readonly jira: JiraOnRecord;
  readonly ledger: readonly LedgerEntry[];
  /** What deactivates the account or lifts it. Which providers keep or overrule, each document says for itself. */
  readonly words: DeactivationFacts;
  /** Groups that are not in the ledger and that the last run met: kept, or waiting for a decision. */
  readonly met: readonly string[];
}

export interface JiraOnRecord {
  readonly key: string | undefined;
  readonly username: string | undefined;
  /** Undefined: Jira was never asked. */
  readonly active: boolean | undefined;
  readonly state: 'pending' | 'ready' | 'refused' | 'failed' | undefined;
  readonly code: string | undefined;
  /** Undefined: no run has told since that is recorded. */
  readonly administers?: boolean | undefined;
  readonly isNewcomer: boolean;
  readonly unansweredIntent: CreateIntent | undefined;
  readonly deactivatedBy: DeactivatedBy | undefined;
  readonly isCreatedByUs: boolean;
}

/** One side of a comparison: by which document, and with which identities of the account. */
export interface Side {
  readonly config: ConfigDocument;
  /** In the order in which they were linked. */
  readonly identities: readonly Identity[];
  /** A sign-in may revive an account; the bulk lane revives nobody. */
  readonly signsIn?: boolean;
}

export interface Outlook {
  /** Why nobody of the account may enter. */
  readonly refusal: ErrorCode | undefined;
  /** What is desired: of now, or the last decision. */
  readonly desired: DesiredAccess | undefined;
  /** `unknown`: the last run was refused for what only Jira can tell anew. */
  readonly jira: 'nothing-desired' | 'unknown' | 'refused' | 'created' | 'known';
  readonly jiraRefusal: ErrorCode | undefined;
  readonly plan: AccountPlan | undefined;
  /** The Jira user would be removed for good, if Jira lets it go. */
  readonly removesUser: boolean;
}

/** Refused because a user would have to be made and may not: so Jira has said that there is none. */
const creationRefusals: readonly string[] = [
  'match.creation_off',
  'match.group_needed',
  'match.groups_incomplete',
  'match.import_off',
];

/**
 * What a sweep would do to this person under a document, by the functions that claim-mapping and group-sync run by.
 * @param known what is desired under the document that holds: it tells what Jira shows as the person's profile
 */
export function foreseePerson(person: PersonOnRecord, side: Side, known?: DesiredAccess): Outlook {
  const { config, identities, signsIn = false } = side;
  const decided = known ?? person.decided;
  const words = wordsBy(config, person.words);
  const own = desiredAccess({ identities, nameFolded: person.nameFolded, config, last: decided, words });
  const refusal = own?.deactivated ? 'account.deactivated' : refusalOf(side);
  const desired = own ?? decided;
  const removesUser = desired?.deactivated?.removesUser === true && mayBeRemoved(person.jira, config.settings);
  const nothing = { refusal, desired, jiraRefusal: undefined, plan: undefined, removesUser };
  if (!desired || identities.length === 0) return { ...nothing, jira: 'nothing-desired' };
  const found = foundOnRecord(person, decided ?? desired);
  if (found === 'unknown') return { ...nothing, jira: 'unknown' };
  if (desired.deactivated && desired.deactivated.by !== 'inactivity')
    return {
      ...nothing,
      jira: 'refused',
      jiraRefusal: 'account.deactivated',
      plan: found && planOfDeactivated(desired, found, config.settings),
    };
  const { key, unansweredIntent, isNewcomer, deactivatedBy } = person.jira;
  const providers = Object.keys(config.providers);
  const { decision, plan } = foreseeJira({
    desired: { ...desired, mayActivate: signsIn && desired.mayActivate },
    account: { jiraKey: key, unansweredIntent },
    found,
    settings: config.settings,
    books: { ledger: person.ledger, providers, isNewcomer, deactivatedBy },
  });
  if (decision.kind === 'refuse') return { ...nothing, jira: 'refused', jiraRefusal: decision.code };
  return { ...nothing, jira: decision.kind === 'create' ? 'created' : 'known', plan };
}

/** As far as it is on record: group-sync looks in Jira who administers it. */
function mayBeRemoved(
  { key, username, isCreatedByUs, administers }: JiraOnRecord,
  settings: ConfigDocument['settings'],
) {
  const isReserved = foldedSet(settings.reservedUsernames).has(foldName(username ?? ''));
  return key !== undefined && isCreatedByUs && administers !== true && !isReserved;
}

/** Somebody of whom nothing is written down. */
export function nobodyOnRecord(nameFolded: string): PersonOnRecord {
  const jira = { key: undefined, username: undefined, active: undefined, state: undefined, code: undefined };
  const more = { isNewcomer: false, unansweredIntent: undefined, deactivatedBy: undefined, isCreatedByUs: false };
  return { nameFolded, decided: undefined, jira: { ...jira, ...more }, ledger: [], met: [], words: noWords };
}

/** What a Jira user is known to be a member of, each group once. */
export function groupsOnRecord({ ledger, met }: Pick<PersonOnRecord, 'ledger' | 'met'>): string[] {
  const names = [...ledger.map(({ group }) => group), ...met];
  return [...new Map(names.map((name) => [foldName(name), name])).values()];
}

/** Of several identities the first one speaks, as it does for the profile; undefined: somebody may enter. */
function refusalOf({ config, identities }: Side): ErrorCode | undefined {
  const decisions = identities.map((identity) => decideIdentity(identity, config));
  if (decisions.some(({ kind }) => kind === 'enter')) return undefined;
  return decisions.flatMap((decision) => (decision.kind === 'refuse' ? [decision.code] : []))[0];
}

function wordsBy(config: ConfigDocument, words: DeactivationFacts): DeactivationFacts {
  const unheeded = new Set(unheededWords(config));
  return {
    ...words,
    directory: words.directory.map((word) => ({
      ...word,
      isUnheeded: unheeded.has(wordOf(word)),
      removesUser: removesUsers(word.provider, config),
    })),
    overruling: new Set(overrulingProviders(config)),
  };
}

/** Groups go only where the mapping takes them from whoever is deactivated; nothing else is changed. */
function planOfDeactivated(
  desired: DesiredAccess,
  found: JiraUserFacts,
  settings: ConfigDocument['settings'],
): AccountPlan | undefined {
  const removals = removalsOnDeactivation(desired, found, settings);
  if (removals.length === 0) return undefined;
  const remove = removals.map(({ group }) => group);
  return { profile: {}, add: [], remove, removals, kept: [], withheld: [], isEmpty: false };
}

function foundOnRecord(person: PersonOnRecord, decided: DesiredAccess): JiraUserFacts | 'unknown' | undefined {
  const { key, username, active, state, code } = person.jira;
  if (key === undefined) {
    const isThereNone = state === undefined || state === 'pending' || creationRefusals.includes(code ?? '');
    return isThereNone ? undefined : 'unknown';
  }
  if (code === 'jira.account_missing') return undefined;
  // Where the mapping leaves the profile alone, Jira's own values are not known: the next one that writes changes them.
  const { updatesProfile, email, displayName } = decided;
  return {
    name: username ?? decided.username,
    emailAddress: updatesProfile ? email : '',
    displayName: updatesProfile ? (displayName ?? '') : '',
    active: active ?? true,
    groups: groupsOnRecord(person),
  };
}
