import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { client, locationOf, partner, redirectUri, TestIdp, Visitor } from './idp.fixture.js';

describe('signing in at the hosted domain', () => {
  let idp: TestIdp;

  beforeAll(async () => {
    idp = await TestIdp.start();
  });
  afterEach(() => idp.control('POST', '/reset'));
  afterAll(() => idp.close());

  it('leads from the authorization endpoint over the form to the callback, with code and the same state', async () => {
    const callback = await new Visitor().signIn(idp.authorizeUrl({ state: 'a+b/c=&d' }), 'ada');

    expect(callback.href.startsWith(redirectUri)).toBe(true);
    expect(callback.searchParams.get('state')).toBe('a+b/c=&d');
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'state']); // no iss: Cognito sends none
  });

  it('takes the username in any case', async () => {
    expect((await new Visitor().signIn(idp.authorizeUrl(), 'ADA')).searchParams.has('code')).toBe(true);
  });

  it('is silent the second time, at another client too, until the session is one hour old', async () => {
    const visitor = new Visitor();
    await visitor.signIn(idp.authorizeUrl(), 'ada');
    idp.passes(59 * 60_000);
    const other = { client_id: partner.clientId, redirect_uri: partner.redirectUris[0]!, scope: 'openid' };
    expect(locationOf(await visitor.visit(idp.authorizeUrl(other))).searchParams.has('code')).toBe(true);

    idp.passes(60_000);
    expect(locationOf(await visitor.visit(idp.authorizeUrl()), idp.authorizeUrl()).pathname).toBe('/login');
  });

  it('asks again for prompt=login, and for prompt=none answers login_required without a session', async () => {
    const visitor = new Visitor();
    const none = locationOf(await visitor.visit(idp.authorizeUrl({ prompt: 'none' })));
    expect(Object.fromEntries(none.searchParams)).toEqual({ error: 'login_required', state: 'opaque-state' });

    await visitor.signIn(idp.authorizeUrl(), 'ada');
    expect(locationOf(await visitor.visit(idp.authorizeUrl({ prompt: 'none' }))).searchParams.has('code')).toBe(true);
    const again = idp.authorizeUrl({ prompt: 'login' });
    expect(locationOf(await visitor.visit(again), again).pathname).toBe('/login');
  });

  it('refuses a wrong password and an unknown person with the same words', async () => {
    const answers = [];
    for (const [username, password] of [
      ['ada', 'wrong'],
      ['nobody', 'demo'],
    ] as const) {
      const visitor = new Visitor();
      const response = await visitor.send(await visitor.openForm(idp.authorizeUrl()), { username, password });
      expect(response.status).toBe(400);
      expect(visitor.cookies.has('SBXIDP_session')).toBe(false);
      answers.push(/role="alert"[^>]*>([^<]*)/.exec(await response.text())?.[1]);
    }
    expect(answers).toEqual(['Incorrect username or password.', 'Incorrect username or password.']);
  });

  it('refuses a disabled person, and no longer counts the session they had', async () => {
    const visitor = new Visitor();
    await visitor.signIn(idp.authorizeUrl(), 'ada');
    await idp.control('PUT', '/people/ada', { disabled: true });

    const form = await visitor.openForm(idp.authorizeUrl());
    const response = await visitor.send(form, { username: 'ada', password: 'demo' });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain('User is disabled.');
  });

  it('refuses a form that was not shown to this browser', async () => {
    const shown = await new Visitor().openForm(idp.authorizeUrl());
    const victim = new Visitor();
    await victim.openForm(idp.authorizeUrl());

    for (const visitor of [victim, new Visitor()]) {
      const response = await visitor.send(shown, { username: 'ada', password: 'demo' });
      expect(response.status).toBe(403);
      expect(visitor.cookies.has('SBXIDP_session')).toBe(false);
    }
  });

  it('keeps the forms of two tabs good', async () => {
    const visitor = new Visitor();
    const first = await visitor.openForm(idp.authorizeUrl({ state: 'first' }));
    const second = await visitor.openForm(idp.authorizeUrl({ state: 'second' }));

    for (const [form, state] of [
      [second, 'second'],
      [first, 'first'],
    ] as const) {
      const callback = locationOf(await visitor.send(form, { username: 'ada', password: 'demo' }));
      expect(callback.searchParams.get('state')).toBe(state);
    }
  });

  it('gives a new session id at every sign-in and ends the one before', async () => {
    const visitor = new Visitor();
    await visitor.signIn(idp.authorizeUrl(), 'ada');
    const before = visitor.cookies.get('SBXIDP_session')!;
    await visitor.signIn(idp.authorizeUrl({ prompt: 'login' }), 'grace');
    expect(visitor.cookies.get('SBXIDP_session')).not.toBe(before);

    const thief = new Visitor();
    thief.cookies.set('SBXIDP_session', before);
    expect(locationOf(await thief.visit(idp.authorizeUrl()), idp.authorizeUrl()).pathname).toBe('/login');
  });

  it('sets only cookies with its own prefix, HttpOnly and SameSite=Lax', async () => {
    const visitor = new Visitor();
    const form = await visitor.openForm(idp.authorizeUrl());
    const headers = (await visitor.send(form, { username: 'ada', password: 'demo' })).headers.getSetCookie();

    expect([...visitor.cookies.keys()].every((name) => name.startsWith('SBXIDP_'))).toBe(true);
    expect(headers).toHaveLength(1);
    expect(headers[0]).toMatch(/Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('shows a form that is marked, needs no script, loads nothing and cannot be framed or injected into', async () => {
    const url = idp.authorizeUrl({ login_hint: '"><script>alert(1)</script>' }, '/login');
    const response = await new Visitor().visit(url);
    const html = await response.text();

    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; style-src 'sha256-.*frame-ancestors 'none'/,
    );
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(html).toContain('Sandbox identity provider');
    expect(html).toContain('load-9999');
    expect(html).toContain('Test &lt;application&gt;');
    expect(html).not.toMatch(/<script|<link|<img/);
  });

  describe('signing out', () => {
    it('ends the session and returns to an allowed sign-out URL', async () => {
      const visitor = new Visitor();
      await visitor.signIn(idp.authorizeUrl(), 'ada');
      const stolen = visitor.cookies.get('SBXIDP_session')!;

      const response = await visitor.visit(logout({ client_id: client.clientId, logout_uri: client.logoutUris[0]! }));

      expect(locationOf(response).href).toBe(client.logoutUris[0]);
      const thief = new Visitor();
      thief.cookies.set('SBXIDP_session', stolen);
      expect(locationOf(await thief.visit(idp.authorizeUrl()), idp.authorizeUrl()).pathname).toBe('/login');
    });

    it('goes on to the login form when given the parameters of a sign-in', async () => {
      const visitor = new Visitor();
      await visitor.signIn(idp.authorizeUrl(), 'ada');
      const url = idp.authorizeUrl({}, '/logout');

      const form = locationOf(await visitor.visit(url), url);

      expect(form.pathname).toBe('/login');
      expect(form.searchParams.get('redirect_uri')).toBe(redirectUri);
      expect(visitor.cookies.has('SBXIDP_session')).toBe(false);
    });

    it.each([
      [
        'a sign-out URL that only begins like an allowed one',
        { client_id: client.clientId, logout_uri: `${client.logoutUris[0]!}/x` },
      ],
      ['the sign-out URL of another client', { client_id: client.clientId, logout_uri: partner.logoutUris[0]! }],
      ['an unknown client', { client_id: 'nobody', logout_uri: client.logoutUris[0]! }],
      [
        'the standard parameters of RP-initiated logout',
        { id_token_hint: 'x', post_logout_redirect_uri: client.logoutUris[0]! },
      ],
      ['a client without an address', { client_id: client.clientId }],
    ])('refuses %s, without a redirect and without ending the session', async (_, parameters) => {
      const visitor = new Visitor();
      await visitor.signIn(idp.authorizeUrl(), 'ada');

      const response = await visitor.visit(logout(parameters));

      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
      expect(locationOf(await visitor.visit(idp.authorizeUrl())).searchParams.has('code')).toBe(true);
    });

    function logout(parameters: Record<string, string>): URL {
      return new URL(`/logout?${new URLSearchParams(parameters).toString()}`, idp.domain);
    }
  });
});
