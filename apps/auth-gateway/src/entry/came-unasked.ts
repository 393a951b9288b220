import type { IncomingHttpHeaders } from 'node:http';

/**
 * O69, ASVS 7.6.2: whether another site may have sent this browser, without the person having done anything. Such a
 * browser is shown a page with a button: a session that the provider would answer for silently is not opened by
 * whoever links here.
 *
 * Fetch Metadata says how the whole chain of redirects began: `none` is an address typed or bookmarked, `Sec-Fetch-User`
 * a click or a key. A page can hide where it is, but not pretend to be Jira. A browser that says nothing of this is older
 * than the attack's prevention, or speaks plain http; it is bound to its sign-in by the transaction cookie all the same.
 */
export function cameUnasked(headers: IncomingHttpHeaders, jiraUrl: string | undefined): boolean {
  const { 'sec-fetch-dest': dest, 'sec-fetch-mode': mode, 'sec-fetch-site': site } = headers;
  if (dest !== undefined && dest !== 'document') return true; // A frame, an image: nobody sees what is signed in there.
  if (dest !== undefined && mode !== 'navigate') return true;
  if (site !== 'cross-site') return false;
  if (headers['sec-fetch-user'] === '?1') return false;
  // Jira on a site of its own, whose session ended while a page was open.
  return jiraUrl === undefined || originOf(headers.referer) !== new URL(jiraUrl).origin;
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}
