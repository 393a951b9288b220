import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

describe('signing out at the provider too', () => {
  let gateway: GatewayFixture;
  let browser: HttpBrowser;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ provider: { signOutAtProvider: true } });
    await gateway.firstSignIn('ada');
  });
  beforeEach(async () => {
    gateway.idp.person = 'ada';
    browser = new HttpBrowser();
    claimsOf(await gateway.signIn(browser));
  });
  afterEach(() => {
    gateway.idp.intercept = undefined;
  });
  afterAll(() => gateway.stop());

  const signOut = async () => browser.submit(await browser.get(`${gateway.publicUrl}/logout`), {});
  const atProvider = (page: Page) => page.url.origin === new URL(gateway.idp.issuer).origin;

  it("S13 ends the provider's session at its end-session endpoint, and comes back to our page", async () => {
    const asked = await signOut();

    expect(asked.url.pathname).toBe('/session/end');
    expect(atProvider(asked)).toBe(true);
    expect(Object.fromEntries(asked.url.searchParams)).toEqual({
      client_id: 'gateway',
      post_logout_redirect_uri: `${gateway.publicUrl}/logged-out`,
      state: expect.stringMatching(/^[\w-]{22}$/),
      id_token_hint: expect.stringMatching(/^eyJ/),
    });
    expect(browser.cookie('upstream_session')).toBeDefined();

    const back = await browser.submit(asked, { logout: 'yes' });

    expect(`${back.url.origin}${back.url.pathname}`).toBe(`${gateway.publicUrl}/logged-out`);
    expect(plain(back.body)).toContain('You are signed out');
    expect(browser.cookie('upstream_session')).toBeUndefined();
  });

  it('S13 E14 redirects there, and shows a page that goes on to a browser that forbids a form to lead elsewhere', async () => {
    const address = new RegExp(`^${gateway.idp.issuer}/session/end\\?`);
    const redirected = await answerToForm({});
    expect(redirected.statusCode).toBe(303);
    expect(redirected.headers.location).toMatch(address);

    claimsOf(await gateway.signIn(browser));
    const shown = await answerToForm({ 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' });
    expect(shown.statusCode).toBe(200);
    expect(String(shown.headers['refresh']).replace(/^0; url=/, '')).toMatch(address);
  });

  /** With exactly these headers, of which `fetch` makes some up. */
  async function answerToForm(headers: Record<string, string>): Promise<IncomingMessage> {
    const sent = request(`${gateway.publicUrl}/logout`, {
      method: 'POST',
      headers: {
        origin: new URL(gateway.publicUrl).origin,
        cookie: `gatehouse_session=${browser.cookie('gatehouse_session')!}`,
        ...headers,
      },
    }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return answer;
  }

  it('O76 keeps the ID token sealed, for as long as the session lives', async () => {
    const id = await gateway.sessionId();
    const sealed = async () => {
      const rows = await gateway.dataSource.query<{ id_token_sealed: string | null }[]>(
        'select id_token_sealed from gateway.session where id = $1',
        [id],
      );
      return rows[0]!.id_token_sealed;
    };
    expect(await sealed()).toMatch(/^v1\./);
    expect(gateway.encryption.open((await sealed())!, 'gateway.session/id-token')).toMatch(/^eyJ/);

    await signOut();

    expect(await sealed()).toBeNull();
  });

  it('S13 our session is over even if the provider does not answer, and the browser ends on our page', async () => {
    const id = await gateway.sessionId();
    gateway.idp.intercept = (_request, response) => {
      response.writeHead(500).end();
      return true;
    };

    await signOut();

    expect(await gateway.count('gateway.session', `id = '${id}' and ended_reason = 'logout'`)).toBe(1);
    expect(browser.cookie('gatehouse_session')).toBeUndefined();
  });

  it('D8 nobody is signed in again by a redirect, once they have signed out', async () => {
    await browser.submit(await signOut(), { logout: 'yes' });
    gateway.idp.requests.length = 0;

    const page = await gateway.signIn(browser);

    expect(page.url.pathname).toMatch(/^\/_sso\/login\//);
    expect(plain(page.body)).toContain('You are signed out.');
    expect(gateway.idp.requests).toEqual([]);
    expect(claimsOf(await browser.click(page, 'Provider company'))).toMatchObject({ preferred_username: 'ada' });

    browser.forget(/gatehouse_session$/);
    expect(claimsOf(await gateway.signIn(browser))).toMatchObject({ preferred_username: 'ada' });
  });

  it('S13 O41 Jira, then the provider, then the address that Jira asked for, if the provider returns our own state or none', async () => {
    const after = `${gateway.jira.origin}/login.jsp`;
    const ended = async () => {
      gateway.jira.exchanging = false;
      await gateway.signIn(browser);
      gateway.jira.exchanging = true;
      const { body } = await gateway.jira.exchange(gateway.jira.codes.at(-1)!);
      const parameters = { id_token_hint: String(body['id_token']), post_logout_redirect_uri: after, state: 'of-jira' };
      return browser.get(`${gateway.jira.op.issuer}/session/end?${new URLSearchParams(parameters).toString()}`);
    };

    const atIdp = await ended();
    expect(atProvider(atIdp)).toBe(true);
    expect((await browser.submit(atIdp, { logout: 'yes' })).url.href).toBe(`${after}?state=of-jira`);

    claimsOf(await browser.click(await gateway.signIn(browser), 'Provider company'));
    expect(atProvider(await ended())).toBe(true);
    const forged = await browser.get(`${gateway.publicUrl}/logged-out?state=forged&url=https://evil.example/`);
    expect(forged.url.origin).toBe(new URL(gateway.publicUrl).origin);
    expect(plain(forged.body)).toContain('You are signed out');
    const later = await browser.get(`${gateway.publicUrl}/logged-out`);
    expect(later.url.pathname).toBe('/_sso/logged-out'); // It was forgotten.
  });

  it('O41 what the browser kept to go on to is looked at again, with the state, before it is followed', async () => {
    const own = 'a'.repeat(22);
    const wanted = `${gateway.jira.origin}/secure/Logout!default.jspa`;
    const followed = async (address: string, state: string) => {
      const kept = `gatehouse_after_sign_out=${own}.${Buffer.from(address).toString('base64url')}`;
      const url = `${gateway.publicUrl}/logged-out?state=${state}`;
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: kept } });
      return answer.headers.get('location');
    };
    expect(await followed(wanted, own)).toBe(wanted);
    expect(await followed(wanted, 'b'.repeat(22))).toBeNull();
    for (const address of ['https://evil.example/', `${wanted}?x=1`, `${gateway.jira.origin}.evil.example/`])
      expect(await followed(address, own)).toBeNull();
  });

  it('S13 says honestly that Jira may still be open, where its session is not ours to end', async () => {
    const page = await browser.submit(await signOut(), { logout: 'yes' });
    expect(plain(page.body)).toMatch(/Pages of Jira that are still open may stay usable/);
    expect(page.body).toContain(`href="${gateway.jira.origin}/secure/Logout!default.jspa"`);
  });
});

describe('signing out, with a page of its own to end on', () => {
  let gateway: GatewayFixture;
  const signedOutUrl = 'https://intranet.example/bye';

  beforeAll(async () => {
    gateway = await GatewayFixture.start({
      settings: { signedOutUrl },
      provider: { logoutUrl: 'https://auth.example/logout?client_id={clientId}&logout_uri={logoutUri}' },
    });
    await gateway.firstSignIn('ada');
  });
  afterAll(() => gateway.stop());

  const locationOf = async (address: string) => (await fetch(address, { redirect: 'manual' })).headers.get('location');

  it('S64 leads there after the provider, whoever asks', async () => {
    expect(await locationOf(`${gateway.publicUrl}/logged-out`)).toBe(signedOutUrl);
    expect(await locationOf(`${gateway.publicUrl}/logged-out?url=https://evil.example`)).toBe(signedOutUrl);
  });

  it('S13 no ID token is kept where a template has no place for it', async () => {
    expect(await gateway.count('gateway.session', 'id_token_sealed is not null')).toBe(0);
  });
});
