import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { clearFaults, jiraState, jiraUser, setFaults, signIn } from '../support/sandbox.js';
import type { Site } from '../support/site.js';

const rest = { pathPrefix: '/rest/api' };

/** How Jira can be away for our service account while browsers still reach it. */
const faults = [
  { name: 'down', fault: { match: rest, kind: 'down' } },
  { name: 'slow', fault: { match: rest, kind: 'slow', delayMs: 30_000 } },
  { name: 'answering a page instead of data', fault: { match: rest, kind: 'html' } },
  { name: 'answering 500', fault: { match: rest, kind: 'status', status: 500 } },
  { name: 'answering 429', fault: { match: rest, kind: 'ratelimit', retryAfterSeconds: 1 } },
] as const;

/**
 * A first login while Jira is away, for any way to run an installation.
 * @param which of the faults; how Jira is away makes a difference to one client of Jira only, which every topology shares
 */
export function jiraAwayStory(
  site: () => Site,
  which: readonly (typeof faults)[number]['name'][] = faults.map(({ name }) => name),
): void {
  const chosen = faults.filter(({ name }) => which.includes(name));

  describe('a first login while Jira is away', () => {
    afterEach(() => clearFaults(site()));

    it.each(chosen.map((row, index) => ({ ...row, person: `load-01${index}0` })))(
      'Jira $name: the page says so, moves on by itself once Jira is back, and nothing is lost',
      async ({ fault, person }) => {
        await setFaults(site(), [fault]);
        const browser = new HttpBrowser();
        const waiting = await signIn(browser, site(), person);

        expect(plain(waiting.body)).toMatch(/preparing your account/i);
        expect(refreshes(waiting)).toBe(true);
        const told = await refreshUntil(browser, waiting, (page) =>
          /jira is (not|busy|limiting)|jira does not/i.test(plain(page.body)),
        );
        expect(plain(told.body)).toMatch(/[0-9a-f]{32}/);
        expect(await jiraUser(site(), person)).toBeUndefined();

        await clearFaults(site());
        const landed = await refreshUntil(browser, waiting, (page) => page.url.pathname === '/browse/DEMO-1');

        expect(landed.url.search).toBe('?focused=1');
        expect((await jiraUser(site(), person))?.groups).toContain('jira-software-users');
      },
      60_000,
    );

    it('F17 a connection cut after Jira had created the user ends in one user, signed in', async () => {
      await setFaults(site(), [
        { match: { method: 'POST', pathPrefix: '/rest/api/2/user' }, kind: 'reset-after', times: 1 },
      ]);
      const browser = new HttpBrowser();
      const waiting = await signIn(browser, site(), 'load-0171');
      const landed = await refreshUntil(browser, waiting, (page) => page.url.pathname === '/browse/DEMO-1');

      expect(landed.status).toBe(200);
      const { users } = await jiraState(site());
      expect(users.filter(({ name }) => name === 'load-0171')).toHaveLength(1);
    }, 60_000);
  });
}

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
