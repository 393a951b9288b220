/**
 * People paste what they have at hand: an address out of the browser, or that of the discovery document. What is left
 * here is what the input asks for; whatever is not understood stays, and is refused by the input's pattern.
 */

const discoveryPath = /\/\.well-known\/(openid-configuration|oauth-authorization-server)$/;

/** Of an issuer that may have a slash at the end, which counts: nothing else is taken off. */
export function withoutDiscovery(value: string): string {
  return value.replace(discoveryPath, '');
}

/** An address without a slash at the end, the host in lower case as tokens have it. */
export function baseUrlOf(value: string): string {
  return withoutDiscovery(value)
    .replace(/\/+$/, '')
    .replace(/^https?:\/\/[^/]*/i, (origin) => origin.toLowerCase());
}

/** A host name, with a path behind it if there is one that means something. */
export function hostOf(value: string): string {
  if (value === '') return '';
  return baseUrlOf(/^https?:\/\//i.test(value) ? value : `https://${value}`).replace(/^https?:\/\//, '');
}

/** What stands between the two, else the value as it is. */
export function between(value: string, before: string, after: string): string {
  const isBoth = value.startsWith(before) && value.endsWith(after) && value.length > before.length + after.length;
  return isBoth ? value.slice(before.length, value.length - after.length) : value;
}
