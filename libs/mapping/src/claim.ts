import type { ClaimSelector } from '@gatehouse/contracts';

/** What an identity provider says of a person: ID token and userinfo merged, the signed one first. */
export type Claims = Readonly<Record<string, unknown>>;

const depthMax = 8;

/** By exact name, own properties only: a claim called `constructor` or `__proto__` reads nothing of the language's. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/**
 * A text names a claim, and only where there is none of that name it is a path with dots, in which the longest name
 * wins at every step. In a list of objects the rest of the path is read in each; what one of them lacks stays visible
 * as undefined, so that a list that was read in part never looks whole.
 */
export function selectClaim(claims: Claims, selector: ClaimSelector): unknown {
  if (typeof selector !== 'string') return follow(claims, selector, 1);
  if (Object.hasOwn(claims, selector)) return claims[selector];
  const path = selector.split('.');
  return path.length > depthMax ? undefined : follow(claims, path, path.length);
}

function follow(value: unknown, path: readonly string[], longest: number): unknown {
  if (path.length === 0) return value;
  if (Array.isArray(value)) return value.map((item) => (Array.isArray(item) ? undefined : follow(item, path, longest)));
  if (typeof value !== 'object' || value === null) return undefined;
  for (let length = Math.min(longest, path.length); length > 0; length -= 1) {
    const name = path.slice(0, length).join('.');
    if (Object.hasOwn(value, name)) return follow((value as Claims)[name], path.slice(length), longest);
  }
  return undefined;
}
