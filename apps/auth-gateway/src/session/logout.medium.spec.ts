import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';

describe('signing out', () => {
  let gateway: GatewayFixture;
  let browser: HttpBrowser;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
  });
  beforeEach(async () => {
    browser = new HttpBrowser();
    await gateway.signIn(browser);
  });
  afterAll(() => gateway.stop());

  const alive = async () => (await gateway.count('gateway.session', 'ended_at is null')) > 0;
  const logout = () => `${gateway.publicUrl}/logout`;

  it('O45 asks first, ends the session on our side, and a replayed cookie is worth nothing', async () => {
    const cookie = browser.cookie('gatehouse_session')!;
    const id = await gateway.sessionId();
    const confirm = await browser.get(logout());
    expect(plain(confirm.body)).toContain('Sign out?');
    expect(await gateway.count('gateway.session', `id = '${id}' and ended_at is null`)).toBe(1);

    const out = await browser.submit(confirm, {});

    expect(out.url.pathname).toBe('/_sso/logged-out');
    // D8: the one that says so.
    expect(browser.cookieNames().filter((name) => name.startsWith('gatehouse_'))).toEqual(['gatehouse_signed_out']);
    expect(await gateway.count('gateway.session', `id = '${id}' and ended_reason = 'logout'`)).toBe(1);
    expect(await gateway.count('gateway.op_model', `grant_id = '${id}'`)).toBe(0);
    const replay = await fetch(`${gateway.publicUrl}/login/x/wait/x`, {
      headers: { cookie: `gatehouse_session=${cookie}` },
    });
    expect(replay.status).toBe(400);
  });

  it.each([
    { what: 'another site', headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } },
    { what: 'another port of this host', headers: { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' } },
    { what: 'a sender that hides where it comes from', headers: {} },
    { what: 'a sandboxed frame', headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } },
  ])('refuses a sign-out that comes from $what', async ({ headers }) => {
    const page = await browser.post(logout(), {}, headers as Record<string, string>);

    expect(page.status).toBe(403);
    expect(await alive()).toBe(true);
  });

  it('is nothing special for somebody who is not signed in', async () => {
    const nobody = new HttpBrowser();
    const out = await nobody.submit(await nobody.get(logout()), {});
    expect(out.status).toBe(200);
    expect(plain(out.body)).toContain('You are signed out');
  });
});
