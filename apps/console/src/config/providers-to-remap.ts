import { isDeepStrictEqual } from 'node:util';
import type { ConfigExport } from '@gatehouse/contracts';

/**
 * The providers whose people may be given something else than before, without signing in again: what claims of the past
 * are mapped by. How a provider is reached changes nothing about them, and the settings hold from an account's next
 * reconcile on. One that is switched off or gone counts too: its people keep what others give them.
 */
export function providersToRemap(before: ConfigExport, after: ConfigExport): readonly string[] {
  const keys = new Set([...Object.keys(before.providers), ...Object.keys(after.providers)]);
  return [...keys].filter((key) => !isDeepStrictEqual(rulesOf(before, key), rulesOf(after, key))).sort();
}

function rulesOf({ providers, mappings }: ConfigExport, key: string) {
  if (!Object.hasOwn(providers, key)) return undefined;
  const { enabled, authoritativeForUsernames, ...provider } = providers[key]!;
  const { requiredClaims, allowedEmailDomains, trustUnverifiedEmail, emailVerifiedAsText } = provider;
  const entry = { requiredClaims, allowedEmailDomains, trustUnverifiedEmail, emailVerifiedAsText };
  return { enabled, authoritativeForUsernames, entry, mapping: mappings[key] };
}
