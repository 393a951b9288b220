import type { ConfigDocument } from '@gatehouse/contracts';
import { foldName, profileOf, rulesOf } from '@gatehouse/mapping';
import type { LinkedIdentity } from '@gatehouse/mapping';

/** Somebody whose account is looked for. */
export interface Candidate extends LinkedIdentity {
  /** How the provider itself names the person for good: the subject of a sign-in, the external id in a directory. */
  readonly providerId: string | undefined;
}

export function usernameFolded(candidate: LinkedIdentity, config: ConfigDocument): string | undefined {
  const rules = rulesOf(candidate, config);
  const username = rules && profileOf(candidate.claims, rules.mapping).username;
  return username === undefined ? undefined : foldName(username);
}
