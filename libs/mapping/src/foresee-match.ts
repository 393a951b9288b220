import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
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
  if (own && !mayMove(own, nameFolded)) return joined(candidate, identityId, own, []);
  if (!named) return { kind: 'account', account: undefined, nameFolded, identities: [candidate] };
  const linked = named.identities.filter((one) => one.identityId !== identityId);
  const decision = linkIdentity({ candidate, linked, standing: named.standing, sharing: 'name', config });
  return decision.kind === 'refuse' ? decision : joined(candidate, identityId, named, decision.displaced);
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
