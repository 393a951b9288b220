import type { ProviderConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { selectClaim } from './claim.js';

/** Every named claim must have one of its values. A list is enough when one of its entries is. */
export function hasRequiredClaims(claims: Claims, required: ProviderConfig['requiredClaims']): boolean {
  return Object.entries(required).every(([name, values]) => {
    const value = selectClaim(claims, name);
    const told: readonly unknown[] = Array.isArray(value) ? value : [value];
    return told.some((one) => isPlain(one) && values.includes(String(one)));
  });
}

/** `hd` is a text, an id of GitLab a number, a claim of one's own at Auth0 often true or false. */
function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}
