const longest = 512;

/** `Bearer b64token` (RFC 6750 section 2.1); undefined when the header carries none. */
export function bearerToken(header: string | undefined): string | undefined {
  if (!header || header.length > longest) return undefined;
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1];
}
