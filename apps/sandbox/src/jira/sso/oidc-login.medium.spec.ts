import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import Provider from 'oidc-provider';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { JiraUnderTest } from '../testing/jira-under-test.js';

// The provider says at length that its development settings are for development.
jest.spyOn(console, 'warn').mockImplementation(() => undefined);
jest.spyOn(console, 'info').mockImplementation(() => undefined);

/** A certified provider with its own development login form: whoever types a name is that person. */
class TestProvider {
  readonly userinfoCalls: string[] = [];
  private constructor(
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  static async start(redirectUri: string, requirePkce: boolean): Promise<TestProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const running = new TestProvider(issuer, server);
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'jira',
          client_secret: 'a secret/with+signs',
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: 'client_secret_basic',
        },
      ],
      pkce: { required: () => requirePkce },
      conformIdTokenClaims: false,
      claims: { openid: ['sub', 'preferred_username'] },
      cookies: { keys: ['test'] },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => ({ sub, preferred_username: sub.replace(/^id-of-/, '') }),
      }),
      loadExistingGrant: async (context) => {
        const grant = new context.oidc.provider.Grant({
          clientId: context.oidc.client!.clientId,
          accountId: context.oidc.session!.accountId!,
        });
        grant.addOIDCScope('openid profile');
        await grant.save();
        return grant;
      },
    });
    const handle = provider.callback();
    server.on('request', (request, response) => {
      if (request.url?.startsWith('/me')) running.userinfoCalls.push(request.url);
      void handle(request, response);
    });
    return running;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe.each([
  { name: 'without PKCE, as Jira is known', pkce: false, contextPath: '' },
  { name: 'with PKCE, below a context path', pkce: true, contextPath: '/jira' },
])('single sign-on $name', ({ pkce, contextPath }) => {
  let jira: JiraUnderTest;
  let provider: TestProvider;
  let idp: { id: number };
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ pkce, contextPath });
    provider = await TestProvider.start(`${jira.url}/plugins/servlet/oidc/callback`, pkce);
    idp = await jira.addIdp(provider.issuer, { 'additional-scopes': ['profile'], 'enable-remember-me': true });
    await jira.createUser('Ada');
    await jira.createUser('asleep');
    await jira.rest('PUT', '/user?username=asleep', { body: { active: false } });
  });
  afterAll(async () => {
    await jira.close();
    await provider.close();
  });

  const signIn = async (browser: HttpBrowser, name: string, path = '/browse/DEMO-1?focused=1') => {
    const login = await browser.get(jira.url + path);
    const form = await browser.click(login, 'single sign-on');
    expect(form.url.origin).toBe(provider.issuer);
    return browser.submit(form, { login: `id-of-${name}`, password: 'x' });
  };

  it('signs in whom the ID token names, in any case, and returns to the page asked for', async () => {
    const browser = new HttpBrowser();
    const page = await signIn(browser, 'ada');
    expect(page.url.href).toBe(`${jira.url}/browse/DEMO-1?focused=1`);
    expect(plain(page.body)).toContain('Ada@example.com');
    expect(provider.userinfoCalls).toEqual([]);
  });

  it('asks the provider for exactly what Jira asks for', async () => {
    const browser = new HttpBrowser();
    await signIn(browser, 'ada');
    const asked = browser.history.find((url) => url.origin === provider.issuer)!.searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: 'jira',
      redirect_uri: `${jira.url}/plugins/servlet/oidc/callback`,
      scope: 'openid profile',
      state: expect.stringMatching(/.{20,}/),
      nonce: expect.stringMatching(/.{20,}/),
    });
    expect(asked.has('code_challenge')).toBe(pkce);
    expect(asked.get('state')).not.toBe(asked.get('nonce'));
  });

  it('remembers the login when the provider is configured so', async () => {
    const browser = new HttpBrowser();
    await signIn(browser, 'ada');
    browser.forget(/JSESSIONID/);
    expect(plain((await browser.get(`${jira.url}/browse/DEMO-2`)).body)).toContain('Signed in as');
  });

  it.each([
    ['T02 unknown', 'stranger', 'Received SSO request for user stranger, but the user does not exist'],
    ['inactive', 'asleep', 'Received SSO request for user asleep, but the user is not active'],
  ])('shows an error page to an %s user, and gives no session', async (_kind, name, text) => {
    const browser = new HttpBrowser();
    const page = await signIn(browser, name);
    expect(page.status).toBe(403);
    expect(plain(page.body)).toContain(text);
    expect(browser.cookieNames()).not.toContain('SBXJIRA_JSESSIONID');
    expect(browser.cookieNames()).not.toContain('SBXJIRA_seraph.rememberme.cookie');
  });

  it('never leaves Jira at the end, whatever the destination said', async () => {
    const browser = new HttpBrowser();
    const start = `${jira.url}/plugins/servlet/external-login/${idp.id}?os_destination=${encodeURIComponent('https://evil.example/')}`;
    const page = await browser.submit(await browser.get(start), { login: 'id-of-ada', password: 'x' });
    expect(page.url.href).toBe(`${jira.url}/secure/Dashboard.jspa`);
  });

  it('goes to the only provider at once when the form is off', async () => {
    await jira.call('PATCH', '/rest/authconfig/1.0/sso', { body: { 'show-login-form': false } });
    const form = await new HttpBrowser().get(`${jira.url}/browse/DEMO-1`);
    await jira.call('PATCH', '/rest/authconfig/1.0/sso', { body: { 'show-login-form': true } });
    expect(form.url.origin).toBe(provider.issuer);
  });

  it('starts by external-login without a provider when there is only one', async () => {
    expect((await new HttpBrowser().get(`${jira.url}/plugins/servlet/external-login`)).url.origin).toBe(
      provider.issuer,
    );
  });

  it('is started by another party for a configured issuer and a target inside Jira only', async () => {
    const initiate = (parameters: Record<string, string>) =>
      new HttpBrowser().get(
        `${jira.url}/plugins/servlet/oidc/initiate-login?${new URLSearchParams(parameters).toString()}`,
      );
    expect((await initiate({ iss: 'https://evil.example' })).status).toBe(400);

    const browser = new HttpBrowser();
    const finish = async (target_link_uri: string) => {
      const query = new URLSearchParams({ iss: provider.issuer, login_hint: 'ada', target_link_uri }).toString();
      const page = await browser.get(`${jira.url}/plugins/servlet/oidc/initiate-login?${query}`);
      return page.url.origin === provider.issuer ? browser.submit(page, { login: 'id-of-ada', password: 'x' }) : page;
    };
    expect((await finish(`${jira.url}/browse/DEMO-9`)).url.href).toBe(`${jira.url}/browse/DEMO-9`);
    expect(browser.history.find((url) => url.origin === provider.issuer)!.searchParams.get('login_hint')).toBe('ada');
    expect((await finish('https://evil.example/x')).url.pathname).toBe(`${contextPath}/secure/Dashboard.jspa`);
    expect((await finish(`${jira.url}.evil.example/x`)).url.pathname).toBe(`${contextPath}/secure/Dashboard.jspa`);
  });

  it('takes the sub by default, and a bare claim name as the text it is (T03)', async () => {
    const patch = (template: string) =>
      jira.call('PATCH', `/rest/authconfig/1.0/idps/${idp.id}`, { body: { 'username-claim': template } });
    await patch('${sub}');
    expect(plain((await signIn(new HttpBrowser(), 'ada')).body)).toContain(
      'user id-of-ada, but the user does not exist',
    );
    await patch('preferred_username');
    expect(plain((await signIn(new HttpBrowser(), 'ada')).body)).toContain('user preferred_username, but the user');
    await patch('${email}');
    expect(plain((await signIn(new HttpBrowser(), 'ada')).body)).toContain('claim email is missing');
    await patch('${preferred_username}');
  });

  it('fails on an error page when the secret is wrong or the provider is another than configured', async () => {
    const patch = (change: object) => jira.call('PATCH', `/rest/authconfig/1.0/idps/${idp.id}`, { body: change });
    await patch({ 'client-secret': 'wrong' });
    expect((await signIn(new HttpBrowser(), 'ada')).status).toBe(502);
    await patch({ 'client-secret': 'a secret/with+signs', 'issuer-url': `${provider.issuer}/` });
    const page = await new HttpBrowser().get(`${jira.url}/plugins/servlet/external-login/${idp.id}`);
    expect(page.status).toBe(502);
    expect(plain(page.body)).toContain('calls itself');
    await patch({ 'issuer-url': provider.issuer });
  });
});
