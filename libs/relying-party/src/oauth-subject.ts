import type { ClaimSelector } from '@gatehouse/contracts';
import { selectClaim } from '@gatehouse/mapping';
import type { Claims } from './merge-claims.js';

const lengthMax = 255; // As of a `sub`: OpenID Connect Core 2.
const unstorable = /[\p{Cc}\p{Surrogate}]/u;

/**
 * Who this is, for good, where no ID token says so: a text, or a whole number as GitHub gives it.
 * @returns undefined for everything else, and for a number that JSON has rounded: it might be somebody else's
 */
export function oauthSubject(profile: Claims, selector: ClaimSelector): string | undefined {
  const value = selectClaim(profile, selector);
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  const isName =
    typeof value === 'string' && value.trim() !== '' && value.length <= lengthMax && !unstorable.test(value);
  return isName ? value : undefined;
}
