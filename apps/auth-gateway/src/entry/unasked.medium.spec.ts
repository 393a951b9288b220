import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

/** As a browser says that another site has sent it, without anybody having done anything. */
class DrivenBrowser extends HttpBrowser {
  isDriven = true;

  override request(url: URL, init: RequestInit): Promise<Response> {
    // No destination: `fetch` writes a mode of its own beside it, and the two would not fit.
    const driven = { 'sec-fetch-site': 'cross-site' };
    const headers = { ...(init.headers as Record<string, string>), ...(this.isDriven ? driven : {}) };
    return super.request(url, { ...init, headers });
  }
}

describe('a browser that was sent', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
  });
  afterAll(() => gateway.stop());

  it('O69 is not signed in by another site: a page asks, and a press goes on', async () => {
    const victim = new DrivenBrowser();
    victim.isDriven = false;
    claimsOf(await gateway.signIn(victim)); // The provider would answer for this browser without a word.
    victim.forget(/gatehouse_session$/);
    victim.isDriven = true;
    gateway.idp.requests.length = 0;
    const sessions = await gateway.count('gateway.session');

    const page = await gateway.signIn(victim);

    expect(page.url.pathname).toMatch(/^\/_sso\/login\//);
    expect(plain(page.body)).toContain('Sign in when you are ready.');
    expect(gateway.idp.requests).toEqual([]);
    expect(await gateway.count('gateway.session')).toBe(sessions);

    victim.isDriven = false;
    expect(claimsOf(await victim.click(page, 'Provider company'))).toMatchObject({ preferred_username: 'ada' });
  });

  it('P01 is stopped the third time within half a minute that Jira sends it here, by a page that leads nowhere itself', async () => {
    const browser = new HttpBrowser();
    const again = () => browser.get(`${gateway.jira.origin}/login`);
    for (let time = 0; time < 2; time += 1) claimsOf(await again());

    const page = await again();

    expect(page.status).toBe(429);
    expect(plain(page.body)).toContain('Signing in goes round in circles');
    expect(plain(page.body)).toMatch(/Reference: [0-9a-f]{32}/);
    expect(page.headers.get('refresh')).toBeNull();

    browser.forget(/gatehouse_round_trips$/); // Half a minute later.
    claimsOf(await again());
  });
});
