/**
 * How the discovered issuer differs from the configured one; undefined when they are equal as texts, which is how
 * every token's `iss` is compared (OpenID Connect Core 3.1.3.7). It quotes neither.
 */
export function issuerDifference(configured: string, discovered: string): string | undefined {
  if (configured === discovered) return undefined;
  return `the issuer in the discovery document is not the configured one: ${differenceOf(configured, discovered)}`;
}

function differenceOf(configured: string, discovered: string): string {
  if (discovered === `${configured}/`) return 'it has a slash at the end';
  if (configured === `${discovered}/`) return 'it has no slash at the end';
  if (!URL.canParse(discovered)) return 'it is not a URL';
  const [ours, theirs] = [new URL(configured), new URL(discovered)];
  if (ours.protocol !== theirs.protocol)
    return `it begins with ${theirs.protocol === 'http:' ? 'http' : 'another scheme'}`;
  if (ours.host !== theirs.host) return 'its host is another';
  if (discovered.toLowerCase() === configured.toLowerCase()) return 'capital letters differ';
  return 'its path is another';
}
