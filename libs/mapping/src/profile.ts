import type { MappingConfig, ProviderConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { claimOf, selectClaim } from './claim.js';
import { readDisplayName, readEmail, readUsername } from './names.js';
import { readLoosely } from './read-text.js';

/** Only values that passed the checks; everything else is undefined and changes nothing in Jira. */
export interface Profile {
  readonly username: string | undefined;
  readonly email: string | undefined;
  readonly displayName: string | undefined;
}

export function profileOf(claims: Claims, mapping: MappingConfig): Profile {
  const username = readUsername(claims, mapping.profile.username);
  const email = readEmail(claims, mapping.profile.email);
  return {
    username: username.kind === 'valid' ? username.value : undefined,
    email: email.kind === 'valid' ? email.value : undefined,
    displayName: readDisplayName(displayNameParts(claims, mapping.profile.displayName)),
  };
}

/** The address that may speak for the person: verified, or of a provider whose addresses are trusted unverified. */
export function trustedEmail(claims: Claims, provider: ProviderConfig, mapping: MappingConfig): string | undefined {
  const { email } = profileOf(claims, mapping);
  if (email === undefined) return undefined;
  return provider.trustUnverifiedEmail || isVerified(email, claims, provider) ? email : undefined;
}

/**
 * Only the boolean counts, and the text "true" where the provider is known to send it so: 1 and "yes" are what unsigned
 * or careless sources send. The claim speaks of `email` alone (OpenID Connect Core 5.1), so an address under another
 * name is verified only when it is the same one.
 */
function isVerified(address: string, claims: Claims, { emailVerifiedAsText }: ProviderConfig): boolean {
  const verified = claimOf(claims, 'email_verified');
  const isSaid = verified === true || (emailVerifiedAsText && verified === 'true');
  return isSaid && claimOf(claims, 'email') === address;
}

function displayNameParts(claims: Claims, from: MappingConfig['profile']['displayName']): unknown[] {
  if ('givenNameClaim' in from) {
    return [selectClaim(claims, from.givenNameClaim), selectClaim(claims, from.familyNameClaim)];
  }
  return [readLoosely(claims, from)];
}
