import { expect, it, describe } from '@jest/globals';
import { SessionPage, SessionsEnded } from '@gatehouse/contracts';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { adminToken } from '../support/installation.js';
import { jiraUser, signInAndArrive, toIdentityProvider } from '../support/sandbox.js';
import type { Site } from '../support/site.js';

/** Signing out, for any way to run an installation: of Jira, of ours and of an identity provider shaped like Cognito. */
export function signOutStory(site: () => Site): void {
  describe('a person signs out', () => {
    it("S13 on our page: Jira's session ends, Cognito's by its own form, and the browser is back on the page asked for", async () => {
      const browser = await signedIn('load-0301');
      const jiraCookie = browser.cookie('SBXJIRA_JSESSIONID')!;
      expect(await jiraKnows(jiraCookie)).toBe(true);

      const out = await browser.submit(await browser.get(`${site().base}/logout`), {});

      const asked = browser.history.find(({ origin, pathname }) => origin === site().idp && pathname === '/logout')!;
      expect(Object.fromEntries(asked.searchParams)).toEqual({
        client_id: 'sandbox-cognito-client',
        logout_uri: `${site().base}/logged-out`,
      });
      expect(out.url.href).toBe(`${site().base}/logged-out`);
      expect(plain(out.body)).toContain('You are signed out of Jira as well');
      expect(await jiraKnows(jiraCookie)).toBe(false);
      await expectPasswordAsked(browser);
    });

    it("S13 in Jira's own way: ours and Cognito's end with it", async () => {
      const browser = await signedIn('load-0302');
      const cookie = browser.cookie('gatehouse_session')!;
      const jiraCookie = browser.cookie('SBXJIRA_JSESSIONID')!;

      const asked = await browser.get(`${site().origin}/secure/Logout!default.jspa`);
      expect(asked.url.pathname).toBe('/logoutconfirm.jsp');
      expect(browser.cookie('gatehouse_session')).toBe(cookie); // Asked, and not ended.
      const out = await browser.submit(asked, {});

      expect(out.url.href).toBe(`${site().base}/logged-out`);
      expect(browser.history.some(({ origin, pathname }) => origin === site().idp && pathname === '/logout')).toBe(
        true,
      );
      expect(browser.cookie('gatehouse_session')).toBeUndefined();
      expect(await jiraKnows(jiraCookie)).toBe(false);
      await expectPasswordAsked(browser);
    });

    it("D8 in Jira's own way, without a session of ours: the next sign-in takes a press all the same", async () => {
      const browser = await signedIn('load-0305');
      browser.forget(/^gatehouse_/); // Closed and opened again, and Jira remembered the person.
      await browser.submit(await browser.get(`${site().origin}/secure/Logout!default.jspa`), {});

      expect(browser.cookie('gatehouse_signed_out')).toBeDefined();
    });

    it('O45 nobody signs others out by a link: neither to our page nor to its way from Jira', async () => {
      const browser = await signedIn('load-0303');
      const cookie = browser.cookie('gatehouse_session')!;
      for (const path of ['/_sso/logout', `/_sso/logout?proof=${Math.floor(Date.now() / 1000)}.${'A'.repeat(43)}`])
        expect(plain((await browser.get(site().origin + path)).body)).toContain('Sign out?');
      expect(browser.cookie('gatehouse_session')).toBe(cookie);
    });

    it('an operator sees the session, ends it, and the next login at Jira is asked for the password', async () => {
      const browser = await signedIn('load-0304');
      const sessions = async () => SessionPage.parse(await (await api('sessions')).json()).items;
      const mine = (await sessions()).find(({ username }) => username === 'load-0304')!;

      const answer = await api('sessions/end', { account: mine.account, reason: 'a story tells of it' });

      expect(SessionsEnded.parse(await answer.json())).toEqual({ sessions: 1, remaining: 0 });
      expect((await sessions()).some(({ username }) => username === 'load-0304')).toBe(false);
      browser.forget(/^SBX/);
      await expectPasswordAsked(browser);
    });

    async function signedIn(person: string): Promise<HttpBrowser> {
      const browser = new HttpBrowser();
      const page = await signInAndArrive(browser, site(), person);
      expect(page.url.pathname).toBe('/browse/DEMO-1');
      expect(await jiraUser(site(), person)).toBeDefined();
      return browser;
    }

    async function expectPasswordAsked(browser: HttpBrowser): Promise<void> {
      const form = await toIdentityProvider(browser, site());
      expect(form.url.port).toBe(new URL(site().idp).port);
      expect(form.body).toContain('name="password"');
    }

    async function jiraKnows(cookie: string): Promise<boolean> {
      const answer = await fetch(`${site().jira}/rest/api/2/myself`, {
        headers: { cookie: `SBXJIRA_JSESSIONID=${cookie}` },
      });
      await answer.body?.cancel();
      return answer.status === 200;
    }

    function api(path: string, body?: unknown): Promise<Response> {
      return fetch(`${site().base}/api/v1/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${adminToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    }
  });
}
