import type { IncomingMessage } from 'node:http';

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

/** By their ends: installations put prefixes before them. */
export function isJiraSessionCookie(name: string): boolean {
  return /(^|_)(JSESSIONID|seraph\.rememberme\.cookie)$/.test(name);
}

/**
 * Jira has ended a session, and not only led on from one address to another: it answers a sign-out that carried its token
 * by taking the session's cookie back and redirecting to its page for those who are signed out; without the token it asks
 * first, at another address.
 */
export function hasSignedOut({ statusCode = 0, headers }: JiraAnswer, contextPath: string): boolean {
  const { location, 'set-cookie': cookies = [] } = headers;
  if (statusCode < 300 || statusCode > 399 || location === undefined) return false;
  return (
    isJiraSignOut(location, contextPath) && cookies.some((cookie) => isJiraSessionCookie(cookie.split('=', 1)[0]!))
  );
}

type JiraAnswer = Pick<IncomingMessage, 'statusCode' | 'headers'>;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
