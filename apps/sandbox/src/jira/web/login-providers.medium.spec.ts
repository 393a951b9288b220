import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { JiraUnderTest } from '../testing/jira-under-test.js';

const wrong = 'username and password are incorrect';

describe('the login page with providers', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
    await jira.addIdp('https://idp.invalid', { 'include-customer-logins': true });
  });
  afterAll(() => jira.close());
  afterEach(() =>
    set({ 'show-login-form': true, 'show-login-form-for-jsm': true, 'enable-authentication-fallback': false }),
  );

  const set = (body: unknown) => jira.call('PATCH', '/rest/authconfig/1.0/sso', { body });
  const options = async () =>
    (await jira.call('GET', '/rest/authconfig/1.0/login-options', { token: null })).json<{
      results: { type: string }[];
    }>();

  it('offers the form and one link per provider, and says so to anybody in login-options', async () => {
    const page = await new HttpBrowser().get(`${jira.url}/login.jsp?os_destination=%2Fbrowse%2FDEMO-1`);
    expect(plain(page.body)).toContain('Password');
    expect(page.body).toContain('/plugins/servlet/external-login/1?os_destination=%2Fbrowse%2FDEMO-1');
    expect(await options()).toMatchObject({
      results: [
        { type: 'LOGIN_FORM' },
        {
          type: 'IDP',
          id: 1,
          buttonText: 'Log in with single sign-on',
          loginLink: '/plugins/servlet/external-login/1',
        },
      ],
      isLastPage: true,
    });
  });

  it('takes no password while the form is off, and takes one by the fallback', async () => {
    const browser = new HttpBrowser();
    const form = await browser.get(`${jira.url}/login.jsp`);
    await set({ 'show-login-form': false });
    const credentials = { os_username: 'admin', os_password: 'admin' };
    expect((await browser.submit(form, credentials)).status).toBe(502); // on the way to a provider that is not there
    expect(browser.cookie('SBXJIRA_JSESSIONID')).toBeUndefined();
    expect((await options()).results.map(({ type }) => type)).toEqual(['IDP']);

    await set({ 'enable-authentication-fallback': true });
    const fallback = await browser.get(`${jira.url}/login.jsp?auth_fallback`);
    const wrongPage = await browser.submit(fallback, { ...credentials, os_password: 'no' });
    expect(plain(wrongPage.body)).toContain(wrong);
    expect(plain((await browser.submit(wrongPage, credentials)).body)).toContain('Signed in as');
  });

  it('judges the portal login apart', async () => {
    const login = `${jira.url}/servicedesk/customer/user/login?destination=portals&auth_fallback`;
    expect(plain((await new HttpBrowser().get(login)).body)).toContain('Password');
    await set({ 'show-login-form-for-jsm': false, 'enable-authentication-fallback': true });
    expect((await new HttpBrowser().get(login)).status).toBe(502);
  });
});
