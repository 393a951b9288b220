/** Where and how a cookie of ours lives. `secure` comes from PUBLIC_URL and never from a request. */
export interface CookieScope {
  readonly secure: boolean;
  readonly path: string;
  /** Lax unless said otherwise: a sign-in comes back from another site. None: it comes back with a POST. */
  readonly sameSite?: 'Lax' | 'Strict' | 'None';
}

/**
 * RFC 6265bis 4.1.3: a prefixed name cannot be set by a sibling host or over plain http,
 * so nobody can toss a cookie of theirs into a browser under our name.
 */
export function cookieName(name: string, { secure, path }: CookieScope): string {
  if (!secure) return name;
  return path === '/' ? `__Host-${name}` : `__Secure-${name}`;
}

/** @param maxAgeSeconds left out: until the browser is closed; 0: delete now */
export function serializeCookie(name: string, value: string, scope: CookieScope, maxAgeSeconds?: number): string {
  return [
    `${cookieName(name, scope)}=${value}`,
    `Path=${scope.path}`,
    'HttpOnly',
    ...sameSiteOf(scope),
    ...(scope.secure ? ['Secure'] : []),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
  ].join('; ');
}

/** Browsers drop None without Secure. Left out, Chromium takes it for Lax and still sends it with a POST for two minutes. */
function sameSiteOf({ secure, sameSite = 'Lax' }: CookieScope): string[] {
  return sameSite === 'None' && !secure ? [] : [`SameSite=${sameSite}`];
}

/** One request asks for several of its cookies, one after the other. */
let last: { readonly header: string | undefined; readonly cookies: ReadonlyMap<string, string> } | undefined;

/** In the order the browser sent them: older first where paths are equal (RFC 6265 5.4). The first of a name wins. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  if (!last || last.header !== header) last = { header, cookies: parsed(header) };
  return last.cookies;
}

function parsed(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const separator = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, separator)).trim();
    if (name !== '' && !cookies.has(name)) cookies.set(name, pair.slice(separator + 1).trim());
  }
  return cookies;
}
