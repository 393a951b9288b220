const browserPrefixes = ['', '__Host-', '__Secure-'];

/**
 * The Cookie header without our cookies, every other one byte for byte; undefined when nothing is left.
 * Cut at every semicolon, quoted or not: a quoted value must not smuggle one of ours past us ("cookie sandwich").
 */
export function removeOwnCookies(header: string, ownPrefixes: readonly string[]): string | undefined {
  const own = browserPrefixes.flatMap((browser) => ownPrefixes.map((prefix) => browser + prefix));
  const all = header.split(';');
  const others = all.filter((pair) => !own.some((prefix) => pair.trimStart().startsWith(prefix)));
  if (others.length === all.length) return header;
  const rest = others.join(';').trimStart();
  return rest === '' ? undefined : rest;
}
