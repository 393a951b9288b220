/** Actions of Jira that end its session; `!default` and `!command` name the same action (Jira facts 1.7). */
const signOutPage = /^(\/secure\/Logout(![a-z]+)?\.jspa|\/logout)$/i;

/** @param url of a request as the browser sent it, or of a redirect; `contextPath` of Jira: `` or `/jira` */
export function isJiraSignOut(url: string, contextPath: string): boolean {
  if (!URL.canParse(url, 'http://jira')) return false;
  const { pathname } = new URL(url, 'http://jira'); // Without dot segments.
  const path = decoded(pathname)
    .replace(/;[^/]*/g, '')
    .replace(/\/{2,}/g, '/');
  return path.startsWith(contextPath) && signOutPage.test(path.slice(contextPath.length));
}

/**
 * Jira has ended a session, and not only shown a page: it answers a sign-out that carried its token by redirecting to its
 * page for those who are signed out; without the token it asks first, at another address.
 */
export function hasSignedOut(status: number | undefined, location: string | undefined, contextPath: string): boolean {
  const isRedirect = status !== undefined && status >= 300 && status <= 399;
  return isRedirect && location !== undefined && isJiraSignOut(location, contextPath);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
