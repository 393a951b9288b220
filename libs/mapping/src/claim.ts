/** What an identity provider says of a person: ID token and userinfo merged, the signed one first. */
export type Claims = Readonly<Record<string, unknown>>;

/** By exact name, own properties only: a claim called `constructor` or `__proto__` reads nothing of the language's. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
