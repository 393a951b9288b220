/** What a header may be long: more is no token of ours. */
const longest = 512;

/** RFC 6750 section 2.1; undefined when the header carries none. */
export function bearerToken(header: string | undefined): string | undefined {
  const [scheme, token, ...rest] = header !== undefined && header.length <= longest ? header.trim().split(/ +/) : [];
  if (scheme?.toLowerCase() !== 'bearer' || rest.length > 0) return undefined;
  return token !== undefined && /^[\w.~+/-]+=*$/.test(token) ? token : undefined;
}
