import { waitFor } from '@gatehouse/testing';
import type { HttpBrowser, Page } from '@gatehouse/testing';
import type { Site } from './site.js';

export interface SandboxUser {
  readonly key: string;
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly groups: readonly string[];
}

export interface SandboxJiraState {
  readonly users: readonly SandboxUser[];
  readonly groups: readonly string[];
  /** `recent`: the newest thousand, in order. */
  readonly calls: { readonly total: number; readonly recent: readonly { method: string; path: string }[] };
  readonly writes: number;
}

interface ToProvider {
  readonly provider?: 'cognito' | 'partner';
  readonly deepPage?: string;
  /** False: there is one provider only. */
  readonly chooses?: boolean;
}

/** A person's hands: opens a deep page, chooses to log in, signs in at the identity provider. */
export async function signIn(
  browser: HttpBrowser,
  site: Site,
  person: string,
  options: ToProvider = {},
): Promise<Page> {
  const form = await toIdentityProvider(browser, site, options);
  return browser.submit(form, { username: person, password: 'demo' });
}

/** The same, and as a browser does: a page that says it moves on by itself is asked again until it has. */
export async function signInAndArrive(...[browser, ...rest]: Parameters<typeof signIn>): Promise<Page> {
  let page = await signIn(browser, ...rest);
  const waits = () => page.headers.has('refresh') || /http-equiv="?refresh/i.test(page.body);
  await waitFor(
    async () => {
      if (waits()) page = await browser.get(page.url);
      return !waits();
    },
    { timeoutMs: 15_000, what: 'the page that waits for the account to move on' },
  );
  return page;
}

/** Up to the identity provider's form; when its own session is alive, up to whatever comes after it. */
export async function toIdentityProvider(browser: HttpBrowser, site: Site, options: ToProvider = {}): Promise<Page> {
  const loginPage = await browser.get(site.origin + (options.deepPage ?? '/browse/DEMO-1?focused=1'));
  const choice = await browser.click(loginPage, 'single sign-on');
  if (options.chooses === false) return choice;
  return browser.click(choice, options.provider === 'partner' ? 'Partner' : 'Company');
}

export async function jiraState(site: Site): Promise<SandboxJiraState> {
  const response = await fetch(`${site.jira}/__test/state`);
  return (await response.json()) as SandboxJiraState;
}

export async function jiraUser(site: Site, name: string): Promise<SandboxUser | undefined> {
  const { users } = await jiraState(site);
  return users.find((user) => user.name.toLowerCase() === name.toLowerCase());
}

export async function setFaults(site: Site, faults: unknown): Promise<void> {
  await control(`${site.jira}/__test/faults`, 'POST', faults);
}

export async function clearFaults(site: Site): Promise<void> {
  await setFaults(site, []);
}

export async function setPerson(site: Site, name: string, change: unknown): Promise<void> {
  await control(`${site.idp}/__test/people/${name}`, 'PUT', change);
}

/** What differs from one Jira to another: seats, directories, ... What is not named stays. */
export async function setSwitches(site: Site, switches: unknown): Promise<void> {
  await control(`${site.jira}/__test/switches`, 'POST', switches);
}

/** Jira's own REST as an administrator would use it by hand. */
export async function jiraRest(site: Site, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(site.jira + path, {
    method,
    headers: { authorization: 'Bearer sandbox-admin-token', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function control(url: string, method: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
}
