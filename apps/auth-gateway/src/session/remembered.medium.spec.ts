import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

/** Keeps what it was told about cookies, which a browser shows nobody. */
class RecordingBrowser extends HttpBrowser {
  readonly setCookies: string[] = [];

  override async request(url: URL, init: RequestInit): Promise<Response> {
    const response = await super.request(url, init);
    this.setCookies.push(...response.headers.getSetCookie());
    return response;
  }

  get sessionCookie(): string | undefined {
    return this.setCookies.findLast((cookie) => cookie.startsWith('gatehouse_session='));
  }
}

describe('S61 sessions that are remembered', () => {
  let gateway: GatewayFixture;
  let browser: RecordingBrowser;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ settings: { session: { remember: true, rememberDays: 7 } } });
    browser = new RecordingBrowser();
    await gateway.firstSignIn('ada', browser);
  });
  afterAll(() => gateway.stop());

  const age = (change: string) =>
    gateway.dataSource.query(`with aged as (update gateway.session set ${change} returning id::text)
      select pg_notify('gatehouse_session', id) from aged`);
  const asksProvider = async () => {
    gateway.idp.requests.length = 0;
    claimsOf(await gateway.signIn(browser));
    return gateway.idp.requests.includes('/token');
  };

  it('S61 outlive the browser by as many days as configured', async () => {
    expect(browser.sessionCookie).toContain(`Max-Age=${7 * 86_400}`);
    expect(
      await gateway.count('gateway.session', `remembered and expires_at - created_at = interval '168 hours'`),
    ).toBe(1);
  });

  it('S61 end by no idleness, but when their days are over', async () => {
    await age(`last_seen_at = now() - interval '6 days'`);
    expect(await asksProvider()).toBe(false);

    await age(`expires_at = now()`);
    await waitFor(asksProvider, { what: 'the provider to be asked again' });
  });

  it('S61 end by signing out', async () => {
    await browser.submit(await browser.get(`${gateway.publicUrl}/logout`), {});
    expect(await gateway.count('gateway.session', 'ended_at is null and expires_at > now()')).toBe(0);
    expect(browser.sessionCookie).toContain('Max-Age=0');
  });
});

describe('sessions that are not', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
  });
  afterAll(() => gateway.stop());

  it('S61 end with the browser, and O71 at the latest after the absolute limit, refresh token or not', async () => {
    const browser = new RecordingBrowser();
    const kept = 'a-refresh-token-that-was-not-asked-for';
    gateway.idp.tamper = (answer) => void (answer['refresh_token'] = kept);
    await gateway.firstSignIn('ada', browser);

    expect(browser.sessionCookie).not.toContain('Max-Age');
    expect(await gateway.count('gateway.session', `expires_at - created_at = interval '24 hours'`)).toBe(1);

    const scopes = browser.history.flatMap(({ searchParams }) => searchParams.getAll('scope').join(' ').split(' '));
    expect(scopes).not.toContain('offline_access'); // O72
    const dump = await Promise.all(
      ['session', 'identity', 'login', 'login_transaction', 'op_model'].map((table) =>
        gateway.dataSource.query(`select * from gateway.${table}`),
      ),
    );
    expect(JSON.stringify(dump)).not.toContain(kept);
    expect(gateway.logLines.join('')).not.toContain(kept);

    await gateway.dataSource.query(`update gateway.session set expires_at = now()`);
    await gateway.dataSource.query(`select pg_notify('gatehouse_session', '')`);
    gateway.idp.requests.length = 0;
    claimsOf(await gateway.signIn(browser));
    expect(gateway.idp.requests).toContain('/token');
  });
});
