import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { JiraUnderTest } from '../testing/jira-under-test.js';

const wrong = 'username and password are incorrect';

describe.each(['', '/jira'])('logging in with a password, context path "%s"', (contextPath) => {
  let jira: JiraUnderTest;
  let browser: HttpBrowser;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ contextPath });
    await jira.createUser('grace', { password: 'let me in', displayName: 'Grace <b>Hopper</b>' });
    await jira.createUser('unlicensed', { password: 'let me in', applicationKeys: [] });
  });
  afterAll(() => jira.close());
  beforeEach(() => {
    browser = new HttpBrowser();
  });

  const logIn = async (name: string, password: string, path = '/login.jsp') =>
    browser.submit(await browser.get(jira.url + path), { os_username: name, os_password: password });

  it('shows strangers the dashboard with a way in, and sends them from a deep page to the login and back', async () => {
    const dashboard = await browser.get(`${jira.url}/secure/Dashboard.jspa`);
    expect(plain(dashboard.body)).toContain('You are not signed in');
    const login = await browser.click(dashboard, 'Log In');
    expect(login.url.searchParams.get('os_destination')).toBe('/secure/Dashboard.jspa');

    const deep = await browser.get(`${jira.url}/browse/DEMO-1?focused=1`);
    expect(deep.url.pathname).toBe(`${contextPath}/login.jsp`);
    expect(deep.url.searchParams.get('os_destination')).toBe('/browse/DEMO-1?focused=1');
    expect(deep.url.searchParams.get('permissionViolation')).toBe('true');
    const landed = await browser.submit(deep, { os_username: 'GRACE', os_password: 'let me in' });
    expect(landed.url.href).toBe(`${jira.url}/browse/DEMO-1?focused=1`);
    expect(landed.status).toBe(200);
    for (const text of ['Grace <b>Hopper</b>', 'grace@example.com', 'jira-software-users']) {
      expect(plain(landed.body)).toContain(text);
    }
    expect(landed.body).not.toContain('<b>Hopper');
  });

  it.each([
    ['grace', 'wrong'],
    ['nobody', 'let me in'],
    ['grace', ''],
  ])('refuses %s with "%s", and says no more', async (name, password) => {
    const page = await logIn(name, password);
    expect(plain(page.body)).toContain(wrong);
    expect(page.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
    expect(browser.cookie('SBXJIRA_JSESSIONID')).toBeUndefined();
  });

  it('refuses a login form that another site sent', async () => {
    await browser.get(`${jira.url}/login.jsp`);
    const tokens: Record<string, string>[] = [{}, { atl_token: 'guessed' }];
    for (const token of tokens) {
      const page = await browser.post(`${jira.url}/login.jsp`, {
        os_username: 'grace',
        os_password: 'let me in',
        ...token,
      });
      expect(page).toMatchObject({ status: 403, body: 'XSRF check failed' });
    }
  });

  it('never redirects to another site after the login', async () => {
    const page = await logIn(
      'grace',
      'let me in',
      `/login.jsp?os_destination=${encodeURIComponent('//evil.example/')}`,
    );
    expect(page.url.href).toBe(`${jira.url}/secure/Dashboard.jspa`);
  });

  it('gives a new session at the login and kills the one before', async () => {
    await logIn('grace', 'let me in');
    const first = browser.cookie('SBXJIRA_JSESSIONID')!;
    const again = await browser.get(`${jira.url}/login.jsp?permissionViolation=true`);
    await browser.submit(again, { os_username: 'admin', os_password: 'admin' });
    expect(browser.cookie('SBXJIRA_JSESSIONID')).not.toBe(first);
    const headers = { cookie: `SBXJIRA_JSESSIONID=${first}` };
    expect((await jira.rest('GET', '/myself', { token: null, headers })).status).toBe(401);
  });

  it('sets cookies that scripts and other sites cannot use', async () => {
    const page = await browser.get(`${jira.url}/login.jsp`);
    const form = {
      os_username: 'grace',
      os_password: 'let me in',
      atl_token: browser.cookie('SBXJIRA_atlassian.xsrf.token')!,
    };
    const answer = await browser.request(page.url, { method: 'POST', body: new URLSearchParams(form) });
    const session = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('SBXJIRA_JSESSIONID='))!;
    expect(session).toMatch(/HttpOnly/);
    expect(session).toMatch(/SameSite=Lax/);
    expect(session).toContain(`Path=${contextPath || '/'}`);
  });

  it('shows somebody without an application that they have none', async () => {
    const page = await logIn('unlicensed', 'let me in', '/login.jsp?os_destination=%2Fbrowse%2FDEMO-1');
    expect(page.status).toBe(404);
    expect(plain(page.body)).toContain("You don't have access to any Jira application");
  });

  it('opens the administration to administrators only, without going round in circles', async () => {
    await logIn('grace', 'let me in');
    const refused = await browser.get(`${jira.url}/secure/admin/ViewApplicationProperties.jspa`);
    expect(refused.url.pathname).toBe(`${contextPath}/login.jsp`);
    expect(plain(refused.body)).toContain('do not have permission');
    const admin = await browser.submit(refused, { os_username: 'admin', os_password: 'admin' });
    expect(admin.url.pathname).toBe(`${contextPath}/secure/admin/ViewApplicationProperties.jspa`);
    expect(plain(admin.body)).toContain('Administration');
  });

  it('sends somebody who is signed in past the login page', async () => {
    await logIn('grace', 'let me in');
    const page = await browser.get(`${jira.url}/login.jsp?os_destination=%2Fbrowse%2FDEMO-3`);
    expect(page.url.pathname).toBe(`${contextPath}/browse/DEMO-3`);
  });

  it('remembers a login when asked to, and logging out forgets it', async () => {
    const page = await browser.get(`${jira.url}/login.jsp`);
    await browser.submit(page, { os_username: 'grace', os_password: 'let me in', os_cookie: 'true' });
    browser.forget(/JSESSIONID/);
    const back = await browser.get(`${jira.url}/browse/DEMO-1`);
    expect(plain(back.body)).toContain('grace@example.com');
    const out = await browser.click(back, 'Log Out');
    expect(plain(out.body)).toContain('You are now logged out');
    expect(plain((await browser.get(`${jira.url}/`)).body)).toContain('You are not signed in');
  });

  it.each(['/secure/Logout!default.jspa', '/logout', '/secure/Logout.jspa'])(
    'asks before %s logs anybody out, and logs out by a form',
    async (path) => {
      await logIn('grace', 'let me in');
      const session = browser.cookie('SBXJIRA_JSESSIONID')!;
      const confirm = await browser.get(jira.url + path);
      expect(confirm.url.pathname).toBe(`${contextPath}/logoutconfirm.jsp`);
      const headers = { cookie: `SBXJIRA_JSESSIONID=${session}` };
      expect((await jira.rest('GET', '/myself', { token: null, headers })).status).toBe(200);
      await browser.submit(confirm, {});
      expect((await jira.rest('GET', '/myself', { token: null, headers })).status).toBe(401);
    },
  );
});

describe('sessions of people who leave', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
  });
  afterAll(() => jira.close());

  it.each([
    ['deactivation', (name: string) => jira.rest('PUT', `/user?username=${name}`, { body: { active: false } })],
    ['deletion', (name: string) => jira.rest('DELETE', `/user?username=${name}`)],
    ['ending their sessions', (name: string) => jira.rest('DELETE', `/user/session/${name}`)],
  ])('end by %s, remembered logins too', async (what, leave) => {
    const name = what.replaceAll(' ', '-');
    await jira.createUser(name, { password: 'pw' });
    const browser = new HttpBrowser();
    const form = await browser.get(`${jira.url}/login.jsp`);
    const page = await browser.submit(form, { os_username: name, os_password: 'pw', os_cookie: 'true' });
    expect(plain(page.body)).toContain('Signed in as');
    await leave(name);
    expect(plain((await browser.get(`${jira.url}/`)).body)).toContain('You are not signed in');
    expect((await jira.state()).sessions).toBe(0);
  });

  it('an inactive user cannot log in with the right password', async () => {
    await jira.createUser('asleep', { password: 'pw' });
    await jira.rest('PUT', '/user?username=asleep', { body: { active: false } });
    const browser = new HttpBrowser();
    const page = await browser.submit(await browser.get(`${jira.url}/login.jsp`), {
      os_username: 'asleep',
      os_password: 'pw',
    });
    expect(plain(page.body)).toContain(wrong);
  });
});
