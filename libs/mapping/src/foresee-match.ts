import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { linkIdentity } from './link-identity.js';
import type { LinkedIdentity, Standing } from './link-identity.js';
import { foldName } from './names.js';
import { profileOf } from './profile.js';
import type { Identity } from './provider-of.js';
import { rulesOf } from './provider-of.js';

/** What is recorded of an identity and of the name it claims. */
export interface MatchRecord {
  readonly isLinked: boolean;
  /** Why this identity or its account was refused before. */
  readonly refused: ErrorCode | undefined;
  /** The account of that name, if there is one. */
  readonly named: { readonly identities: readonly LinkedIdentity[]; readonly standing: Standing } | undefined;
}

/**
 * Why this identity would be refused, as far as that is known without Jira: the same rules that decide at a sign-in,
 * and what they decided the last time. Undefined: nothing is known against it.
 */
export function foreseeMatch(
  candidate: Identity,
  { isLinked, refused, named }: MatchRecord,
  config: ConfigDocument,
): ErrorCode | undefined {
  const rules = rulesOf(candidate, config);
  const username = rules && profileOf(candidate.claims, rules.mapping).username;
  const isReserved = config.settings.reservedUsernames.some((name) => foldName(name) === foldName(username ?? ''));
  if (isReserved) return 'match.reserved_name';
  if (refused !== undefined) return refused;
  if (isLinked || !named) return undefined;
  const { identities: linked, standing } = named;
  const decision = linkIdentity({ candidate, linked, standing, sharing: 'name', config });
  return decision.kind === 'refuse' ? decision.code : undefined;
}
