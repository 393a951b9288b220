import type { ClaimSelector } from '@gatehouse/contracts';

/** What an identity provider says of a person: ID token and userinfo merged, the signed one first. */
export type Claims = Readonly<Record<string, unknown>>;

/** Steps of a path. The name of a Keycloak client can have many dots, and each of them looks like a step. */
const stepsMax = 16;

const position = /^(0|[1-9]\d{0,4})$/;

/** By exact name, own properties only: a claim called `constructor` or `__proto__` reads nothing of the language's. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/**
 * A text names a claim, and only where there is none of that name it is a path with dots, in which the longest name
 * wins at every step. In a list a number is a position. Otherwise the rest of the path is read in each of its objects:
 * what one of them lacks stays visible as undefined, so that a list that was read in part never looks whole.
 */
export function selectClaim(claims: Claims, selector: ClaimSelector): unknown {
  if (typeof selector !== 'string') return follow(claims, selector, 1);
  if (Object.hasOwn(claims, selector)) return claims[selector];
  const path = selector.split('.');
  return path.length > stepsMax ? undefined : follow(claims, path, path.length);
}

/** Each step is one deeper into the path, so neither the depth of the claims nor that of a hostile answer counts. */
function follow(value: unknown, path: readonly string[], longest: number): unknown {
  if (path.length === 0) return value;
  if (Array.isArray(value)) return followList(value, path, longest);
  if (typeof value !== 'object' || value === null) return undefined;
  for (let length = Math.min(longest, path.length); length > 0; length -= 1) {
    const name = path.slice(0, length).join('.');
    if (Object.hasOwn(value, name)) return follow((value as Claims)[name], path.slice(length), longest);
  }
  return undefined;
}

function followList(list: readonly unknown[], path: readonly string[], longest: number): unknown {
  if (position.test(path[0]!)) return follow(list[Number(path[0])], path.slice(1), longest);
  // Lists inside of its objects become one; a list inside of a list has no objects to read in.
  return list.flatMap((item) => (Array.isArray(item) ? undefined : follow(item, path, longest)));
}
