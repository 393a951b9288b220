/**
 * O41: where a browser may go after signing out: pages of Jira's that end a session there too or begin a new one, and
 * what the configuration names. Compared as text, as redirect addresses are.
 */
export function postLogoutAddresses(jiraUrl: string | undefined, signedOutUrl: string | undefined): readonly string[] {
  const pages = jiraUrl === undefined ? [] : pagesOfJira.map((page) => jiraUrl + page);
  return [...pages, ...(signedOutUrl === undefined ? [] : [signedOutUrl])];
}

const pagesOfJira = ['', '/', '/login.jsp', '/secure/Logout!default.jspa', '/secure/Dashboard.jspa'];

/** RP-Initiated Logout 1.0, section 3: the client's `state` comes back to it. */
export function withState(address: string, state: string | undefined): string {
  if (state === undefined) return address;
  const url = new URL(address);
  url.searchParams.set('state', state);
  return url.href;
}

/** Whether this is one of them, with or without a state added by us. */
export function isPostLogoutAddress(url: string, addresses: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { searchParams } = new URL(url);
  const state = searchParams.get('state') ?? undefined;
  return addresses.some((address) => withState(address, state) === url || address === url);
}
