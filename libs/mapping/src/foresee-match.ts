import type { ConfigDocument, LinkKey } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { decideMeeting } from './decide-meeting.js';
import type { LinkVerdict } from './decide-meeting.js';
import { linkIdentity, mayMove } from './link-identity.js';
import type { LinkedIdentity, Standing } from './link-identity.js';
import type { CreateIntent } from './match-account.js';
import { foldName } from './names.js';
import { profileOf } from './profile.js';
import type { Identity } from './provider-of.js';
import { rulesOf } from './provider-of.js';

/** What is recorded of an account, as far as it decides what becomes of an identity. */
export interface AccountOnRecord {
  readonly accountId: string;
  readonly nameFolded: string;
  readonly standing: Standing;
  /** In the order in which they were linked. */
  readonly identities: readonly LinkedIdentity[];
  readonly jiraKey: string | undefined;
  readonly unansweredIntent: CreateIntent | undefined;
  /** Why it was refused when Jira was asked the last time. */
  readonly refused: ErrorCode | undefined;
}

/** What is recorded of an identity and of the name it claims. */
export interface MatchRecord {
  /** Undefined: it never signed in. */
  readonly identityId: string | undefined;
  /** The account it is linked to. */
  readonly own: AccountOnRecord | undefined;
  /** The account of that name. */
  readonly named: AccountOnRecord | undefined;
}

export interface ForeseenAccount {
  readonly kind: 'account';
  /** Undefined: it would be a new one. */
  readonly account: AccountOnRecord | undefined;
  readonly nameFolded: string;
  /** All that it would have, this one among them, in the order in which they were linked. */
  readonly identities: readonly Identity[];
}

export type Foreseen = ForeseenAccount | { readonly kind: 'refuse'; readonly code: ErrorCode };

/** Where claim-mapping would put this identity, by the same rules; nothing of it needs Jira. */
export function foreseeAccount(candidate: Identity, record: MatchRecord, config: ConfigDocument): Foreseen {
  const { identityId, own, named } = record;
  const nameFolded = foldName(usernameOf(candidate, config) ?? '');
  const isReserved = config.settings.reservedUsernames.some((name) => foldName(name) === nameFolded);
  // A user that is linked already is not matched by its name any more.
  if (own?.jiraKey === undefined && isReserved) return { kind: 'refuse', code: 'match.reserved_name' };
  const isDeactivated = own?.refused === 'account.deactivated';
  if (own && !mayMove({ ...own, isDeactivated }, nameFolded, candidate)) return joined(candidate, identityId, own, []);
  if (!named) return { kind: 'account', account: undefined, nameFolded, identities: [candidate] };
  const linked = named.identities.filter((one) => one.identityId !== identityId);
  const decision = linkIdentity({ candidate, linked, standing: named.standing, sharing: 'name', config });
  return decision.kind === 'refuse' ? decision : joined(candidate, identityId, named, decision.displaced);
}

/** An account that somebody in a directory may meet. */
export interface MetOnRecord {
  readonly by: LinkKey;
  readonly account: AccountOnRecord;
  readonly isProtected: boolean;
  readonly verdict: LinkVerdict | undefined;
}

/** By what which account was met first, whatever came of it. */
export interface MetFirst {
  readonly by?: LinkKey;
  readonly met?: string;
}

/** Where claim-mapping would put somebody in a directory who has no account yet. @param met in no order, each key's accounts together */
export function foreseeDirectoryUser(
  candidate: Identity,
  met: readonly MetOnRecord[],
  config: ConfigDocument,
): Foreseen & MetFirst {
  const rules = rulesOf(candidate, config);
  const keys = rules?.mapping.directory.linking.by ?? [];
  const nameFolded = foldName(usernameOf(candidate, config) ?? '');
  for (const by of keys) {
    const found = met.filter((one) => one.by === by);
    if (by === 'email' && found.length > 1) return { kind: 'refuse', code: 'match.email_ambiguous' };
    if (by === 'externalId' && found.length !== 1) continue;
    for (const one of found) {
      const placed = foreseeMeeting(candidate, one, config);
      if (placed && !(placed.kind === 'refuse' && !isWord(placed.code)))
        return { ...placed, by, met: one.account.accountId };
    }
  }
  const named = met.find(({ by, account }) => by === 'userName' && account.nameFolded === nameFolded);
  if (!named) return { kind: 'account', account: undefined, nameFolded, identities: [candidate] };
  const isFree = named.account.identities.length === 0 && named.account.standing !== 'established';
  const mayLink = isFree || keys.includes('userName') || named.verdict === 'link';
  const placed = mayLink ? foreseeMeeting(candidate, named, config) : undefined;
  return placed ?? { kind: 'refuse', code: 'match.link_refused' };
}

function foreseeMeeting(
  candidate: Identity,
  { by, account, isProtected, verdict }: MetOnRecord,
  config: ConfigDocument,
): Foreseen | undefined {
  const { standing, identities: linked } = account;
  const decision = decideMeeting({ candidate, by, account: { standing, isProtected, linked }, verdict, config });
  switch (decision.kind) {
    case 'join':
      return joined(candidate, undefined, account, decision.displaced);
    case 'ask':
      return { kind: 'refuse', code: 'match.link_undecided' };
    case 'refuse':
      return decision;
    case 'pass':
      return undefined;
  }
}

/** Of a policy or an administrator, and not of the rules alone. */
function isWord(code: ErrorCode): boolean {
  return code === 'match.link_undecided' || code === 'match.link_refused';
}

/** The same once Jira has shown that another account holds the user this one leads to. */
export function foreseeHolder(
  candidate: Identity,
  identityId: string | undefined,
  holder: AccountOnRecord,
  config: ConfigDocument,
): Foreseen {
  const linked = holder.identities.filter((one) => one.identityId !== identityId);
  const decision = linkIdentity({ candidate, linked, standing: 'established', sharing: 'key', config });
  return decision.kind === 'refuse' ? decision : joined(candidate, identityId, holder, []);
}

function joined(
  candidate: Identity,
  identityId: string | undefined,
  account: AccountOnRecord,
  displaced: readonly string[],
): ForeseenAccount {
  const kept = account.identities.filter((one) => !displaced.includes(one.identityId));
  const isLinked = kept.some((one) => one.identityId === identityId);
  // What it says now counts, at the place where it was linked.
  const identities = kept.map((one): Identity => (one.identityId === identityId ? candidate : one));
  return {
    kind: 'account',
    account,
    nameFolded: account.nameFolded,
    identities: isLinked ? identities : [...identities, candidate],
  };
}

function usernameOf(candidate: Identity, config: ConfigDocument): string | undefined {
  const rules = rulesOf(candidate, config);
  return rules && profileOf(candidate.claims, rules.mapping).username;
}
