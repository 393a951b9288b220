import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Notifications } from '@gatehouse/database';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { json } from '../testing/http-answers.fixture.js';
import type { HttpAnswer } from '../testing/http-answers.fixture.js';
import {
  expectArrived,
  expectErrorPage,
  expectNotOpened,
  expectRefused,
  tracesOf,
} from '../testing/refusal.fixture.js';

const lateBy =
  (ms: number): HttpAnswer =>
  (response, right) =>
    setTimeout(() => json((body) => body)(response, right), ms);

const stateOf = (callback: URL) => callback.searchParams.get('state')!;
const cookieFor = (callback: URL) => `gatehouse_tx_${stateOf(callback).slice(0, 8)}`;

describe('the answer in the browser', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  beforeEach(() => {
    attacked.idp().requests.length = 0;
  });
  afterAll(() => attacked.stop());

  const askedForTokens = () => attacked.idp().requests.includes('/token');

  it.each([
    { what: 'no state', change: (query: URLSearchParams) => query.delete('state') },
    { what: 'an empty state', change: (query: URLSearchParams) => query.set('state', '') },
    { what: 'a state we never gave', change: (query: URLSearchParams) => query.set('state', 'x'.repeat(36)) },
    { what: 'a state of 12 kB', change: (query: URLSearchParams) => query.set('state', 'a'.repeat(12_000)) },
    { what: 'the state twice', change: (query: URLSearchParams) => query.append('state', query.get('state')!) },
    { what: 'a second state', change: (query: URLSearchParams) => query.append('state', 'x') },
  ])('O30 $what: nothing is opened and nobody is asked', async ({ change }) => {
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);
    const forged = new URL(callback);
    change(forged.searchParams);

    await expectNotOpened(attacked, () => browser.get(forged));

    expectArrived(attacked, await browser.get(callback)); // Not spent by it either.
  });

  it.each([
    { what: 'no code', change: (query: URLSearchParams) => query.delete('code') },
    { what: 'the code twice', change: (query: URLSearchParams) => query.append('code', query.get('code')!) },
    { what: 'a second code', change: (query: URLSearchParams) => query.append('code', 'another') },
    { what: 'iss twice', change: (query: URLSearchParams) => query.append('iss', query.get('iss')!) },
    { what: 'an ID token beside the code', change: (query: URLSearchParams) => query.set('id_token', 'a.b.c') },
    { what: 'a whole response object', change: (query: URLSearchParams) => query.set('response', 'a.b.c') },
    { what: 'O36 another iss', change: (query: URLSearchParams) => query.set('iss', 'https://evil.example') },
    {
      what: 'O36 iss with a slash more',
      change: (query: URLSearchParams) => query.set('iss', `${query.get('iss')!}/`),
    },
    { what: 'O36 no iss though advertised', change: (query: URLSearchParams) => query.delete('iss') },
  ])('O30 $what: refused before any token request', async ({ change }) => {
    await expectRefused(attacked, () => attacked.attempt({ redirect: change }));
    expect(askedForTokens()).toBe(false);
  });

  it('O30 a code that the provider never gave: refused, and no worker makes room for whoever brings it', async () => {
    const notifications = new Notifications(attacked.gateway.database.url);
    await notifications.start();
    let notices = 0;
    await notifications.on('gatehouse_sign_in', () => (notices += 1));
    await expectRefused(attacked, () => attacked.attempt({ redirect: (query) => query.set('code', 'made-up') }));
    await delay(100);
    expect(notices).toBe(0);

    const browser = new HttpBrowser();
    expectArrived(attacked, await browser.get(await attacked.upToCallback(browser)));
    await waitFor(() => notices > 0, { what: 'the notice of whom the provider has named' });
    await notifications.close();
  });

  it('O31 without the cookie of this sign-in (login CSRF): nobody is asked, and the code is not burnt', async () => {
    const attacker = new HttpBrowser();
    const callback = await attacked.upToCallback(attacker);

    await expectNotOpened(attacked, () => new HttpBrowser().get(callback));

    expectArrived(attacked, await attacker.get(callback));
  });

  it.each([
    { what: 'another secret', cookie: 'A'.repeat(43) },
    { what: 'an empty secret', cookie: '' },
    { what: 'the state itself', cookie: '00000000-0000-0000-0000-000000000000' },
  ])('O31 O32 with $what in the cookie: nobody is asked', async ({ cookie }) => {
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);

    await expectNotOpened(attacked, async () => {
      const response = await fetch(callback, { headers: { cookie: `${cookieFor(callback)}=${cookie}` } });
      return { url: callback, status: response.status, headers: response.headers, body: await response.text() };
    });
  });

  it('O32 in a browser with a sign-in of its own under way: nobody is asked, and both can finish', async () => {
    const ada = new HttpBrowser();
    const other = new HttpBrowser();
    const ofAda = await attacked.upToCallback(ada);
    const ofOther = await attacked.upToCallback(other);
    attacked.idp().requests.length = 0;

    await expectNotOpened(attacked, () => other.get(ofAda));

    expectArrived(attacked, await ada.get(ofAda));
    expectArrived(attacked, await other.get(ofOther));
  });

  it('O32 the code of one sign-in in another of the same browser: refused, for it has another verifier', async () => {
    const browser = new HttpBrowser();
    const first = await attacked.upToCallback(browser);
    const second = await attacked.upToCallback(browser);
    second.searchParams.set('code', first.searchParams.get('code')!);

    await expectRefused(attacked, async () => ({ browser, callback: second, page: await browser.get(second) }));
  });

  it('O32 after ten minutes: nobody is asked', async () => {
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);
    await attacked.gateway.dataSource.query(
      `update gateway.login_transaction set expires_at = now() - interval '1 second' where id = $1`,
      [stateOf(callback)],
    );
    const [row] = await attacked.gateway.dataSource.query<{ seconds: number }[]>(
      `select extract(epoch from expires_at - now())::float8 as seconds from gateway.login_transaction
       where id = $1`,
      [stateOf(await attacked.upToCallback(new HttpBrowser()))],
    );

    expect(row!.seconds).toBeGreaterThan(590);
    expect(row!.seconds).toBeLessThanOrEqual(600);
    attacked.idp().requests.length = 0;
    await expectNotOpened(attacked, () => browser.get(callback));
  });

  it('O33 once more (reload, back button): no token request, a friendly page, the session stays', async () => {
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);
    const secret = browser.cookie(cookieFor(callback))!;
    await browser.get(callback);
    browser.plant(cookieFor(callback), secret); // As if the answer that took it away was lost.
    const session = browser.cookie('gatehouse_session');
    const before = await tracesOf(attacked);
    attacked.idp().requests.length = 0;

    for (let press = 0; press < 3; press += 1) {
      const again = await browser.get(callback);
      expect(again.status).toBe(200);
      expect(plain(again.body)).toContain('You are signed in');
    }

    expect(attacked.idp().requests).toEqual([]);
    expect(browser.cookie('gatehouse_session')).toBe(session);
    expect(await tracesOf(attacked)).toEqual(before);
    expectArrived(attacked, await attacked.gateway.signIn(browser));
  });

  it('O33 twice at once (double click): one token request, one session, nobody is turned away', async () => {
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);
    const before = await tracesOf(attacked);
    attacked.idp().requests.length = 0;

    const [first, second] = await Promise.all([browser.request(callback, {}), browser.request(callback, {})]);
    const answers = await Promise.all(
      [first, second].map(async (one) => ({ status: one.status, body: await one.text() })),
    );
    // The browser shows the later one, whichever of them spent the answer.
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 303]);
    expect(plain(answers.find(({ status }) => status === 200)!.body)).toContain('finished by another request');

    expect(attacked.idp().requests.filter((path) => path === '/token')).toHaveLength(1);
    const after = await tracesOf(attacked);
    expect(after.sessions).toBe(before.sessions + 1);
    expectArrived(attacked, await attacked.gateway.signIn(browser));
  });

  it('O33 the browser dropped the first of two: nothing is claimed that is not true, and Jira signs in anew', async () => {
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);
    const cookie = `${cookieFor(callback)}=${browser.cookie(cookieFor(callback))}`;
    const dropped = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    expect(dropped.headers.getSetCookie().join()).toContain('gatehouse_session=');

    const second = await browser.get(callback);

    expect(plain(second.body)).toContain('Continue to Jira');
    expect(plain(second.body)).not.toContain('signed in');
    expect(second.headers.getSetCookie()).toEqual([]); // Nobody who can send the answer again is given the session.
    expectArrived(attacked, await attacked.gateway.signIn(browser));
  });

  it('O33 a double click while the provider takes its time: a page that goes on by itself, and no refusal', async () => {
    const browser = new HttpBrowser();
    // Each within its own limit, together far beyond what the second request waits: tokens, a new key, userinfo.
    attacked.idp().misbehave({ token: lateBy(2_200), userinfo: lateBy(2_200) });
    attacked.idp().rotate();
    attacked.idp().outage.jwks = lateBy(1_500);
    const callback = await attacked.upToCallback(browser);

    const first = browser.request(callback, {});
    await waitFor(askedForTokens, { what: 'the first to be on its way' }); // Sent at once, they may arrive in either order.
    const second = await browser.get(callback);

    expect(second.status).toBe(200);
    expect(second.headers.get('refresh')).toBe('2');
    expect(plain(second.body)).toContain('Signing you in');
    expect((await first).status).toBe(303);
    attacked.idp().outage.jwks = undefined;
    expect(plain((await browser.get(callback)).body)).toContain('You are signed in');
  }, 20_000);

  it('O33 Back after a refusal: says that it was used, and starting again works', async () => {
    const { browser } = await expectRefused(attacked, () => attacked.attempt({ idToken: () => 'garbage' }));
    expectArrived(attacked, await attacked.gateway.signIn(browser));
  });

  it.each([
    { error: 'access_denied', code: 'login.provider_refused' as const },
    { error: 'login_required', code: 'login.provider_refused' as const },
    { error: 'interaction_required', code: 'login.provider_refused' as const },
    { error: 'invalid_scope', code: 'login.provider_refused' as const },
    { error: 'server_error', code: 'login.provider_unavailable' as const },
    { error: 'temporarily_unavailable', code: 'login.provider_unavailable' as const },
    { error: '"><script>alert(1)</script>', code: 'login.provider_refused' as const },
    { error: 'x'.repeat(5_000), code: 'login.provider_refused' as const },
  ])('O37 O38 the provider answers $error: one page, its text nowhere, no loop', async ({ error, code }) => {
    const { page, browser } = await expectRefused(
      attacked,
      () =>
        attacked.attempt({
          redirect: (query) => {
            query.delete('code');
            query.set('error', error);
            query.set('error_description', '<script>alert(2)</script> call +1 555 0100');
            query.set('error_uri', 'https://evil.example/help');
          },
        }),
      { code },
    );

    expect(page.body).not.toMatch(/alert\(|evil\.example|555 0100|xxxxxxxx/);
    expect(attacked.gateway.logLines.join('')).not.toMatch(/alert\(|evil\.example|555 0100|xxxxxxxx/);
    expect(askedForTokens()).toBe(false);
    expect(browser.history.filter(({ pathname }) => pathname.includes('/callback/'))).toHaveLength(2); // And its replay.
  });

  it('O37 an error and a code together: refused, the code is not redeemed', async () => {
    await expectRefused(
      attacked,
      () => attacked.attempt({ redirect: (query) => query.set('error', 'access_denied') }),
      {
        code: 'login.provider_refused',
      },
    );
    expect(askedForTokens()).toBe(false);
  });

  it('O40 addresses in the answer are not followed: the one kept with the sign-in is', async () => {
    const { page } = await attacked.attempt({
      redirect: (query) => {
        for (const name of ['redirect_uri', 'return_to', 'returnTo', 'target_link_uri', 'os_destination'])
          query.set(name, 'https://evil.example/');
      },
    });
    expectArrived(attacked, page);
  });

  it('O30 an answer that nobody asked for: one page, for a browser with no sign-in under way', async () => {
    const callback = `${attacked.gateway.publicUrl}/callback/company?code=x&state=00000000-0000-4000-8000-000000000000`;
    expectErrorPage(await new HttpBrowser().get(callback), 'login.transaction_unknown');
  });
});
