import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigExport } from '@gatehouse/contracts';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { adminToken, Installation } from './support/installation.js';
import { jiraUser, signInAndArrive } from './support/sandbox.js';

const portalLogin = '/login.jsp?os_destination=%2Fservicedesk%2Fcustomer%2Fportals';

describe('what depends on the product somebody comes in by', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start();
    await change((document) => {
      document.mappings['cognito']!.groups.defaultGroupsByEntry = [
        { entry: '/servicedesk/*', groups: ['jira-support'], for: 'all' },
      ];
    });
  }, 60_000);
  afterAll(() => installation.discard());

  const config = (init: RequestInit = {}) =>
    fetch(`${installation.base}/api/v1/config`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': '*' },
    });
  const change = async (edit: (document: ConfigExport) => void) => {
    const document = ConfigExport.parse(await (await config()).json());
    edit(document);
    expect((await config({ method: 'PUT', body: JSON.stringify(document) })).status).toBe(200);
  };
  const isSupporter = async () => (await jiraUser(installation, 'linus'))?.groups.includes('jira-support') === true;
  const signInBy = (deepPage: string) => signInAndArrive(new HttpBrowser(), installation, 'linus', { deepPage });

  it('X39 P04 linus, who opens an issue, takes no seat of the other product', async () => {
    const page = await signInBy('/browse/DEMO-1');
    expect(page.url.pathname).toBe('/browse/DEMO-1');
    expect((await jiraUser(installation, 'linus'))?.groups).toContain('jira-software-users');
    expect(await isSupporter()).toBe(false);
  }, 30_000);

  it('X39 P04 and has it once he has come in by a page of that one, also after he has come in elsewhere again', async () => {
    await signInBy(portalLogin);
    await waitFor(isSupporter, { timeoutMs: 10_000, what: 'linus to be in jira-support' });
    await signInBy('/browse/DEMO-1');
    expect(await isSupporter()).toBe(true);
  }, 30_000);

  describe('D7 S57 at the customer portal single sign-on is for agents only', () => {
    beforeAll(() =>
      change((document) => {
        document.mappings['cognito']!.groups.defaultGroupsByEntry = [];
        document.providers['partner']!.enabled = false;
        document.settings.customerPortal = { singleSignOn: 'agents', agentGroups: ['Jira-Support'] };
      }),
    );

    /** @returns what follows on the name */
    async function answering(name: string, browser = new HttpBrowser()): Promise<Page> {
      const login = await browser.get(installation.origin + portalLogin);
      const question = await browser.click(login, 'single sign-on');
      expect(plain(question.body)).toContain('Username or e-mail address');
      return browser.submit(question, { name });
    }
    const withoutInteraction = ({ body }: Page) => body.replaceAll(/\/login\/[\w-]+/g, '');
    const arrived = async (browser: HttpBrowser, page: Page) => {
      await waitFor(
        async () => {
          if (page.headers.has('refresh')) page = await browser.get(page.url);
          return !page.headers.has('refresh');
        },
        { timeoutMs: 15_000, what: 'the account' },
      );
      return page;
    };

    it('a new agent is not known by name, and proves it at the provider', async () => {
      const browser = new HttpBrowser();
      const form = await answering('grace', browser);
      expect(plain(form.body)).toContain('Log in with a password');
      const provider = await browser.click(form, 'I am an agent');
      const page = await arrived(browser, await browser.submit(provider, { username: 'grace', password: 'demo' }));
      expect(page.url.pathname).toBe('/servicedesk/customer/portals');
      expect((await jiraUser(installation, 'grace'))?.groups).toContain('jira-support');
    }, 30_000);

    it('a known one is sent to the provider at once, by name or by address, with the name filled in', async () => {
      for (const name of ['grace', ' GRACE@example.com ']) {
        const browser = new HttpBrowser();
        const provider = await answering(name, browser);
        expect(provider.url.origin).toBe(installation.idp);
        expect(provider.url.searchParams.get('login_hint')).toBe(name.trim());
        const page = await browser.submit(provider, { username: 'grace', password: 'demo' });
        expect(page.url.pathname).toBe('/servicedesk/customer/portals');
      }
    }, 30_000);

    it('P04 who claims to be an agent and is none is refused after the provider has said who it is, and takes no seat', async () => {
      const browser = new HttpBrowser();
      const provider = await answering('grace', browser);
      const page = await browser.submit(provider, { username: 'ada', password: 'demo' });
      expect([page.status, plain(page.body).includes('for agents only')]).toEqual([403, true]);
      expect((await browser.click(page, 'Log in with a password')).url.pathname).toBe(
        '/servicedesk/customer/user/login',
      );
      expect(await jiraUser(installation, 'ada')).toBeUndefined();
      const elsewhere = await signInAndArrive(new HttpBrowser(), installation, 'ada', { chooses: false });
      expect(elsewhere.url.pathname).toBe('/browse/DEMO-1');
    }, 30_000);

    it('a customer and a name nobody has get the same page, which leads to the password form of the portal', async () => {
      const browser = new HttpBrowser();
      const customer = await answering('ada', browser);
      expect(withoutInteraction(await answering('nobody-at-all'))).toBe(withoutInteraction(customer));
      const form = await browser.click(customer, 'Log in with a password');
      expect(form.url.pathname).toBe('/servicedesk/customer/user/login');
      expect(form.body).toMatch(/type="password"/);
    }, 30_000);

    it('what is no name is asked for again', async () => {
      for (const name of ['', '   ', 'a'.repeat(321), 'ada\u0000']) {
        expect(plain((await answering(name)).body)).toContain('Enter your username or your e-mail address.');
      }
    });

    it('another site cannot answer for the browser', async () => {
      const answer = await fetch(`${installation.base}/login/anything`, {
        method: 'POST',
        headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
        body: 'name=grace',
      });
      expect(answer.status).toBe(400);
    });
  });
});
