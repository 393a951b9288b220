import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigDocument, ProviderConfig } from '@gatehouse/contracts';
import { providerTestPlaces } from '@gatehouse/database';
import { hashSecret } from '@gatehouse/relying-party';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';
import { upstreamClient } from '../upstream-idp.fixture.js';

async function withPostedAnswers(gateway: GatewayFixture): Promise<void> {
  await gateway.dataSource.query(
    `insert into console.config_version (document, actor)
     select jsonb_set(document, '{providers,company,responseMode}', '"form_post"'), 'test' from console.config_version`,
  );
  await gateway.dataSource.query(`select pg_notify('gatehouse_config', '')`);
}

describe('an answer that the browser posts from the provider’s site', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
    await withPostedAnswers(gateway);
    gateway.idp.person = 'ada';
    // The news of it comes by NOTIFY, a moment after the commit.
    const isPosted = async () => 'code' in (await posting(new HttpBrowser())).fields;
    await waitFor(isPosted, { what: 'the gateway to know it' });
  });
  afterAll(() => gateway.stop());

  const callback = (provider = 'company') => `${gateway.publicUrl}/callback/${provider}`;

  /** The page with which the provider makes the browser post. */
  async function posting(browser: HttpBrowser): Promise<{ page: Page; fields: Record<string, string> }> {
    const page = await gateway.signIn(browser);
    const fields = [...page.body.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    return { page, fields: Object.fromEntries(fields) as Record<string, string> };
  }

  /** As browsers do it from another site: of our cookies only those that are not Lax come along. */
  async function post(browser: HttpBrowser, fields: Record<string, string> | string, type?: string): Promise<Response> {
    const names = browser.cookieNames().filter((name) => name.startsWith('gatehouse_tx_'));
    return fetch(callback(), {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': type ?? 'application/x-www-form-urlencoded',
        cookie: names.map((name) => `${name}=${browser.cookie(name)!}`).join('; '),
        origin: gateway.idp.issuer,
      },
      body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    });
  }

  it('signs the person in, without the code in a page of ours', async () => {
    const browser = new HttpBrowser();
    const { page, fields } = await posting(browser);
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(['code', 'state', 'iss']));

    expect(claimsOf(await browser.submit(page, {}))).toMatchObject({ preferred_username: 'ada' });
  });

  it('O43 replaces the session whose cookie did not come along with the post', async () => {
    const browser = new HttpBrowser();
    await browser.submit((await posting(browser)).page, {});
    const former = browser.cookie('gatehouse_session')!;
    const alive = `ended_at is null and token_hash = '${hashSecret(former)}'`;
    expect(await gateway.count('gateway.session', alive)).toBe(1);
    gateway.jira.extra = { prompt: 'login' };
    const { fields } = await posting(browser);
    gateway.jira.extra = {};

    const answer = await post(browser, fields);
    expect(answer.status).toBe(303);
    const page = await browser.get(new URL(answer.headers.get('location')!, callback()));

    expect(claimsOf(page)).toMatchObject({ preferred_username: 'ada' });
    expect(browser.cookie('gatehouse_session')).not.toBe(former);
    expect(await gateway.count('gateway.session', alive)).toBe(0);
  });

  it('O31 is refused in a browser that did not begin the sign-in: nothing is asked, nothing spent', async () => {
    const browser = new HttpBrowser();
    const { fields } = await posting(browser);
    gateway.idp.requests.length = 0;

    const stranger = await new HttpBrowser().post(callback(), fields);

    expect(stranger.status).toBe(400);
    expect(stranger.url.search).toBe('');
    expect(gateway.idp.requests).toEqual([]);
    const answer = await post(browser, fields);
    expect(claimsOf(await browser.get(new URL(answer.headers.get('location')!, callback())))).toBeDefined();
  });

  it('O33 posted again: asks nothing, keeps the session, a friendly page', async () => {
    const browser = new HttpBrowser();
    const { page, fields } = await posting(browser);
    await browser.submit(page, {});
    gateway.idp.requests.length = 0;

    const again = await post(browser, fields);
    const replayed = await browser.get(new URL(again.headers.get('location')!, callback()));

    expect(plain(replayed.body)).toContain('You are signed in');
    expect(gateway.idp.requests).toEqual([]);
  });

  it.each([
    { what: 'O30 two states', fields: (state: string) => `state=${state}&state=${state}&code=x` },
    { what: 'O30 no state', fields: () => 'code=x' },
    { what: 'more than an answer has', fields: (state: string) => `state=${state}&code=${'x'.repeat(9_000)}` },
  ])('$what: goes nowhere with it', async ({ fields }) => {
    const browser = new HttpBrowser();
    const { fields: right } = await posting(browser);
    const answer = await post(browser, fields(right['state']!));
    expect(answer.headers.get('location')).toMatch(/\/callback\/company$/);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])('as %s: refused', async (type) => {
    const browser = new HttpBrowser();
    const { fields } = await posting(browser);
    expect((await post(browser, JSON.stringify(fields), type)).status).toBe(415);
  });

  it('of a provider that answers in addresses: not accepted', async () => {
    const plainly = await GatewayFixture.start();
    try {
      const answer = await new HttpBrowser().post(`${plainly.publicUrl}/callback/company`, { state: 'x', code: 'y' });
      expect(answer.status).toBe(404);
    } finally {
      await plainly.stop();
    }
  });

  it('O78 U05 comes back to the test of a draft, whatever is saved under its name, or nothing', async () => {
    const { document, id, secret } = await tried(gateway, { responseMode: 'form_post' });
    const elsewhere = { ...document, providers: {}, mappings: {} };
    await gateway.apply(elsewhere, {});
    try {
      const browser = new HttpBrowser();
      const asked = await browser.get(`${gateway.publicUrl}/provider-test/${secret}`);
      const page = await browser.submit(asked, {});

      expect(plain(page.body)).toContain('The test succeeded');
      expect(await gateway.count('gateway.provider_test_answer', `test_id = '${id}' and answered_at is not null`)).toBe(
        1,
      );
    } finally {
      await gateway.apply(document, {});
    }
  });

  it('O44 over http the transaction cookie has no SameSite, which nobody would accept without Secure', async () => {
    const [cookie] = await transactionCookies(gateway);
    expect(cookie).not.toMatch(/samesite|secure/i);
  });
});

describe('O44 the transaction cookie over https', () => {
  it.each([
    { mode: 'posted', sameSite: 'None' },
    { mode: 'in addresses', sameSite: 'Lax' },
  ])('answers $mode: SameSite=$sameSite, and Secure', async ({ mode, sameSite }) => {
    const gateway = await GatewayFixture.start({ publicUrl: () => 'https://sso.example.test/_sso' });
    try {
      if (mode === 'posted') await withPostedAnswers(gateway);
      const [cookie] = await transactionCookies(gateway);
      expect(cookie).toMatch(/^__Host-gatehouse_tx_/);
      expect(cookie!.split('; ')).toEqual(expect.arrayContaining([`SameSite=${sameSite}`, 'Secure', 'HttpOnly']));
    } finally {
      await gateway.stop();
    }
  });
});

/** A test of the configured provider with these changes, as the console prepares it. */
async function tried({ dataSource, encryption }: GatewayFixture, change: Partial<ProviderConfig>) {
  const [row] = await dataSource.query<{ document: ConfigDocument }[]>(
    'select document from console.config_version order by version desc limit 1',
  );
  const { document } = row!;
  const [id, secret] = [randomUUID(), 'secret-of-the-test'];
  const provider = { ...document.providers['company'], ...change };
  const secrets = { clientSecret: upstreamClient.secret };
  const trial = { key: 'company', provider, mapping: document.mappings['company'], secrets };
  await dataSource.query(
    `insert into console.provider_test (id, secret_hash, provider, draft_sealed, proves, actor, expires_at)
     values ($1, $2, 'company', $3, '', 'test', now() + interval '5 minutes')`,
    [id, hashSecret(secret), encryption.seal(JSON.stringify(trial), providerTestPlaces.draft(id))],
  );
  return { document, id, secret };
}

/** Of a sign-in that begins, through a proxy in front of an https address. */
async function transactionCookies(gateway: GatewayFixture): Promise<string[]> {
  const start = await fetch(`${gateway.jira.origin}/login`, { redirect: 'manual' });
  const jar = new Map<string, string>();
  let url = new URL(start.headers.get('location')!);
  for (let hop = 0; hop < 5; hop += 1) {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${url.pathname}${url.search}`, {
      redirect: 'manual',
      headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
    });
    const cookies = response.headers.getSetCookie();
    for (const cookie of cookies) jar.set(...(cookie.split(';', 1)[0]!.split('=', 2) as [string, string]));
    const found = cookies.filter((cookie) => cookie.includes('gatehouse_tx_'));
    if (found.length > 0) return found;
    url = new URL(response.headers.get('location')!, url);
  }
  throw new Error('no sign-in began');
}
