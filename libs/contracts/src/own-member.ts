/**
 * A member under a name that somebody chose. Read plainly, `constructor` and `__proto__` find what every object of the
 * language has, and a provider may well be called `constructor`.
 */
export function ownMember<Value>(members: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}
