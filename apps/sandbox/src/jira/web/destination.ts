export const dashboard = '/secure/Dashboard.jspa';

/**
 * `os_destination`, below the context path. Anything that could leave this Jira becomes the dashboard: an absolute
 * address, `//host`, and what browsers read as that (`/\host`, tabs and newlines inside).
 */
export function localDestination(value: string | undefined): string {
  if (!value?.startsWith('/') || value.length > 2000) return dashboard;
  if (value.includes('\\') || /[\s\p{Cc}]/u.test(value)) return dashboard;
  const base = 'http://jira.invalid';
  if (value.startsWith('//') || !URL.canParse(value, base)) return dashboard;
  const url = new URL(value, base);
  // `/x/..//host` is normalised to `//host` by the browser only after a redirect, so it is checked here.
  return url.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : dashboard;
}

/** The login page that brings a visitor back to where they wanted to go. */
export function loginAddress(destination: string, parameters: Record<string, string> = {}): string {
  return `/login.jsp?${new URLSearchParams({ os_destination: destination, ...parameters }).toString()}`;
}
