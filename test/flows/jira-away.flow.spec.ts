import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { Installation } from './support/installation.js';
import { clearFaults, jiraState, jiraUser, setFaults, signIn } from './support/sandbox.js';

const rest = { pathPrefix: '/rest/api' };

/** How Jira can be away for our service account while browsers still reach it. */
const faults = [
  { name: 'down', fault: { match: rest, kind: 'down' } },
  { name: 'slow', fault: { match: rest, kind: 'slow', delayMs: 30_000 } },
  { name: 'answering a page instead of data', fault: { match: rest, kind: 'html' } },
  { name: 'answering 500', fault: { match: rest, kind: 'status', status: 500 } },
  { name: 'answering 429', fault: { match: rest, kind: 'ratelimit', retryAfterSeconds: 1 } },
];

describe('a first login while Jira is away', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start();
  }, 60_000);
  afterEach(() => clearFaults(installation));
  afterAll(() => installation.discard());

  it.each(faults.map((row, index) => ({ ...row, person: `load-01${index}0` })))(
    'Jira $name: the page says so, moves on by itself once Jira is back, and nothing is lost',
    async ({ fault, person }) => {
      await setFaults(installation, [fault]);
      const browser = new HttpBrowser();
      const waiting = await signIn(browser, installation, person);

      expect(plain(waiting.body)).toMatch(/preparing your account/i);
      expect(refreshes(waiting)).toBe(true);
      const told = await refreshUntil(browser, waiting, (page) =>
        /jira is (not|busy|limiting)|jira does not/i.test(plain(page.body)),
      );
      expect(plain(told.body)).toMatch(/[0-9a-f]{32}/);
      expect(await jiraUser(installation, person)).toBeUndefined();

      await clearFaults(installation);
      const landed = await refreshUntil(browser, waiting, (page) => page.url.pathname === '/browse/DEMO-1');

      expect(landed.url.search).toBe('?focused=1');
      expect((await jiraUser(installation, person))?.groups).toContain('jira-software-users');
    },
    60_000,
  );

  it('F17 a connection cut after Jira had created the user ends in one user, signed in', async () => {
    await setFaults(installation, [
      { match: { method: 'POST', pathPrefix: '/rest/api/2/user' }, kind: 'reset-after', times: 1 },
    ]);
    const browser = new HttpBrowser();
    const waiting = await signIn(browser, installation, 'load-0171');
    const landed = await refreshUntil(browser, waiting, (page) => page.url.pathname === '/browse/DEMO-1');

    expect(landed.status).toBe(200);
    const { users } = await jiraState(installation);
    expect(users.filter(({ name }) => name === 'load-0171')).toHaveLength(1);
  }, 60_000);
});

function refreshes(page: Page): boolean {
  return page.headers.has('refresh') || /http-equiv="?refresh/i.test(page.body);
}

/** What a browser without script does on a page that refreshes itself. */
async function refreshUntil(browser: HttpBrowser, start: Page, reached: (page: Page) => boolean): Promise<Page> {
  let page = start;
  await waitFor(
    async () => {
      if (reached(page)) return true;
      expect(refreshes(page)).toBe(true);
      page = await browser.get(page.url);
      return reached(page);
    },
    { timeoutMs: 30_000, what: `the page to move on; it says: ${plain(page.body).slice(0, 300)}` },
  );
  return page;
}
