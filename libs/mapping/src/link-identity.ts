import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { foldName, sameEmail } from './names.js';
import { profileOf, trustedEmail } from './profile.js';
import type { Identity } from './provider-of.js';
import { rulesOf } from './provider-of.js';

/**
 * How far an account has come. `established`: it holds a Jira key, or may already have created a user.
 * `refused`: Jira's side was asked and the account got nothing. `undecided`: not asked yet.
 */
export type Standing = 'undecided' | 'refused' | 'established';

/** @param state of what group-sync knows of its Jira user; null: nothing yet */
export function standingOf(account: {
  readonly jiraKey: string | null;
  readonly createIntent: unknown;
  readonly state: string | null;
}): Standing {
  const { jiraKey, createIntent, state } = account;
  if (jiraKey !== null || createIntent !== null) return 'established';
  return state === 'refused' || state === 'failed' ? 'refused' : 'undecided';
}

export interface LinkedIdentity extends Identity {
  readonly identityId: string;
}

export type LinkDecision =
  { kind: 'join'; displaced: readonly string[] } | { kind: 'refuse'; code: Extract<ErrorCode, `match.${string}`> };

interface Question {
  readonly candidate: Identity;
  readonly linked: readonly LinkedIdentity[];
  readonly standing: Standing;
  /** `key`: the names differ and only the Jira key is common, so being trusted to name users proves nothing. */
  readonly sharing: 'name' | 'key';
  readonly config: ConfigDocument;
}

/**
 * Whether a further identity is the same person as those already linked: an equal verified e-mail address says so,
 * or a provider that is trusted to name Jira users (O60).
 *
 * While the account holds nothing at Jira, a linked identity of another address has proven nothing. It is displaced:
 * otherwise whoever claims a name first could lock its owner out, or come in later on the owner's proof.
 *
 * A name that its provider has taken from somebody here proves nothing about whoever is given it next: the Jira user keeps
 * it until it is renamed, and belongs to the former one (P06).
 */
export function linkIdentity({ candidate, linked, standing, sharing, config }: Question): LinkDecision {
  const email = emailOf(candidate, config);
  const isSame = (one: Identity) => email !== undefined && sameAddress(email, emailOf(one, config));
  const isTrusted = (one: Identity) => sharing === 'name' && mayNameUsers(one, config);
  const isFree = standing === 'undecided' ? linked.length === 0 : standing === 'refused' && !linked.some(isTrusted);
  const isProven = isTrusted(candidate) && !linked.some((one) => hasMovedOn(one, candidate, config));
  if (!isFree && !isProven && !linked.some(isSame)) return { kind: 'refuse', code: refusalOf[sharing] };
  if (standing === 'established') return { kind: 'join', displaced: [] };
  const unproven = linked.filter((one) => !isSame(one) && !isTrusted(one));
  return { kind: 'join', displaced: unproven.map(({ identityId }) => identityId) };
}

/**
 * P05: once an account holds a Jira user, a changed name at the provider never leads to a second one. An account that
 * got nothing binds nobody: "give the person another username" is the way out of most refusals, but not of a deactivation.
 * @param account.isDeactivated by whom does not matter: what takes the access away stays with the account
 */
export function mayMove(
  account: { readonly standing: Standing; readonly nameFolded: string; readonly isDeactivated: boolean },
  nameFolded: string,
  { directory }: Pick<Identity, 'directory'>,
) {
  // What a directory says of somebody who is gone stays with the account, whatever it calls them from now on: it bars that one.
  const isGone = directory !== undefined && directory.standing !== 'active';
  if (isGone || account.isDeactivated) return false;
  return account.standing === 'refused' && account.nameFolded !== nameFolded;
}

const refusalOf = { name: 'match.identity_not_linked', key: 'match.key_taken' } as const;

function emailOf(identity: Identity, config: ConfigDocument): string | undefined {
  const rules = rulesOf(identity, config);
  return rules && trustedEmail(identity.claims, rules.provider, rules.mapping);
}

function mayNameUsers(identity: Identity, config: ConfigDocument): boolean {
  return rulesOf(identity, config)?.provider.authoritativeForUsernames ?? false;
}

/** The same provider calls somebody of the account otherwise now. */
function hasMovedOn(one: Identity, candidate: Identity, config: ConfigDocument): boolean {
  if (one.provider !== candidate.provider) return false;
  const [former, next] = [nameOf(one, config), nameOf(candidate, config)];
  return former !== undefined && former !== next;
}

function nameOf(identity: Identity, config: ConfigDocument): string | undefined {
  const rules = rulesOf(identity, config);
  const name = rules && profileOf(identity.claims, rules.mapping).username;
  return name === undefined ? undefined : foldName(name);
}

function sameAddress(one: string, other: string | undefined): boolean {
  return other !== undefined && sameEmail(one, other);
}
