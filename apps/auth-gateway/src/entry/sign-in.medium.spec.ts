import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Notifications } from '@gatehouse/database';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

describe('signing in', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
  });
  afterEach(() => {
    gateway.idp.tamper = undefined;
    gateway.idp.intercept = undefined;
    gateway.jira.extra = {};
    gateway.jira.exchanging = true;
  });
  afterAll(() => gateway.stop());

  it('lets a person in whose account is made while the callback waits, and gives Jira account id and username', async () => {
    const { page, accountId } = await gateway.firstSignIn('ada');

    expect(page.url.origin).toBe(gateway.jira.origin);
    expect(claimsOf(page)).toMatchObject({
      sub: accountId,
      preferred_username: 'ada',
      aud: 'jira',
      iss: `${gateway.publicUrl}/oidc`,
      nonce: 'jira-nonce',
    });
  });

  it('sends a known person on without waiting for anything that follows', async () => {
    gateway.idp.person = 'ada';
    const logins = await gateway.count('gateway.login');

    const page = await gateway.signIn();

    expect(claimsOf(page)).toMatchObject({ preferred_username: 'ada' });
    expect(await gateway.count('gateway.login')).toBe(logins + 1);
    // The work this sign-in started is still on its way.
    expect(await gateway.count('messaging.outbox', "state <> 'settled' and event = 'identity.verified'")).toBe(1);
    await gateway.settle();
  });

  it('tells workers of whoever signs in, and of nobody who only says so', async () => {
    const notifications = new Notifications(gateway.database.url);
    await notifications.start();
    let notices = 0;
    await notifications.on('gatehouse_sign_in', () => (notices += 1));
    const callback = `${gateway.publicUrl}/callback/company?state=${randomUUID()}&code=made-up`;
    await new HttpBrowser().get(callback);
    await delay(100);
    expect(notices).toBe(0);

    claimsOf(await gateway.signIn());
    await waitFor(() => notices > 0, { what: 'the notice' });
    await notifications.close();
    await gateway.settle();
  });

  it('commits identity, login and event together', async () => {
    const rows = await gateway.dataSource.query<Record<string, unknown>[]>(
      `select i.subject, i.issuer, i.claims, l.outcome, l.trace_id = o.trace_id as same_trace, o.payload
       from gateway.login l join gateway.identity i on i.id = l.identity_id
       join messaging.outbox o on o.trace_id = l.trace_id where i.subject = 'ada' order by l.at desc limit 1`,
    );
    expect(rows).toEqual([
      expect.objectContaining({ subject: 'ada', issuer: gateway.idp.issuer, outcome: 'accepted', same_trace: true }),
    ]);
    expect(Object.keys(rows[0]!['payload'] as object).sort()).toEqual(['identityId', 'traceId']);
    const claims = rows[0]!['claims'] as Record<string, unknown>;
    expect(claims).toMatchObject({ preferred_username: 'ada', groups: ['dev'] });
    for (const protocolClaim of ['nonce', 'iat', 'exp', 'at_hash', 'auth_time']) {
      expect(claims).not.toHaveProperty(protocolClaim);
    }
  });

  it('sends a browser straight to the one provider, past a page of ours that would only send it on', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    claimsOf(await gateway.signIn(browser));
    expect(browser.history.filter(({ pathname }) => pathname.includes('/login/'))).toEqual([]);
    await gateway.settle();
  });

  it('commits the sign-in before the browser is on its way to the provider', async () => {
    const query = new URLSearchParams({
      client_id: 'jira',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${gateway.jira.origin}/plugins/servlet/oidc/callback`,
    });
    const answer = await fetch(`${gateway.publicUrl}/oidc/auth?${query.toString()}`, { redirect: 'manual' });

    const location = new URL(answer.headers.get('location')!);
    expect(location.origin).toBe(new URL(gateway.idp.issuer).origin);
    expect(answer.status).toBe(303);
    const [state] = location.searchParams.getAll('state');
    expect(await gateway.count('gateway.login_transaction', `id = '${state}' and consumed_at is null`)).toBe(1);
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.replace(/=.*/, ''));
    expect(cookies).toEqual(
      expect.arrayContaining([expect.stringMatching(/^gatehouse_tx_/), 'gatehouse_op_interaction']),
    );
  });

  it('passes a browser with a living session on without asking the identity provider', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    gateway.idp.requests.length = 0;

    const again = await gateway.signIn(browser);

    expect(claimsOf(again)).toMatchObject({ preferred_username: 'ada' });
    expect(gateway.idp.requests).toEqual([]);
  });

  it('asks the identity provider again when Jira wants a fresh sign-in', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    gateway.jira.extra = { prompt: 'login' };
    gateway.idp.requests.length = 0;

    const again = await gateway.signIn(browser);

    expect(claimsOf(again)).toMatchObject({ preferred_username: 'ada' });
    expect(gateway.idp.requests).toContain('/token');
    expect(browser.history.some(({ searchParams }) => searchParams.get('prompt') === 'login')).toBe(true);
  });

  it('asks the identity provider again when the session is older than Jira allows', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    await gateway.dataSource.query(
      `update gateway.op_model set payload = jsonb_set(payload, '{loginTs}', '1000') where model = 'Session'`,
    );
    gateway.jira.extra = { max_age: '600' };
    gateway.idp.requests.length = 0;

    expect(claimsOf(await gateway.signIn(browser))).toMatchObject({ preferred_username: 'ada' });
    expect(gateway.idp.requests).toContain('/token');
  });

  it('O34 lets two tabs of one browser sign in at once', async () => {
    await gateway.firstSignIn('bob');
    const browser = new HttpBrowser();
    const [one, two] = [await toProvider(browser), await toProvider(browser)];

    const pages = [await browser.get(one), await browser.get(two)];

    for (const page of pages) expect(claimsOf(page)).toMatchObject({ preferred_username: 'bob' });
  });

  it('O34 keeps the code of the first tab good when the second one signs in before Jira exchanges it', async () => {
    gateway.idp.person = 'bob';
    const browser = new HttpBrowser();
    const [one, two] = [await toProvider(browser), await toProvider(browser)];
    gateway.jira.exchanging = false;
    await browser.get(one);
    const firstCode = gateway.jira.codes.at(-1)!;
    await browser.get(two);

    expect(await gateway.jira.exchange(firstCode)).toMatchObject({ status: 200 });
  });

  it('switches to another account without a question in between', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    expect(claimsOf(await gateway.signIn(browser))).toMatchObject({ preferred_username: 'ada' });
    const former = browser.cookie('gatehouse_session');
    browser.forget(/^upstream/);
    gateway.idp.person = 'bob';
    gateway.jira.extra = { prompt: 'login' };

    const page = await gateway.signIn(browser);

    expect(claimsOf(page)).toMatchObject({ preferred_username: 'bob' });
    expect(browser.cookie('gatehouse_session')).not.toBe(former);
    expect(await gateway.count('gateway.session', `ended_reason = 'replaced'`)).toBe(1);
  });

  it('O43 gives a fresh session cookie at each sign-in, and the former one is dead', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    const former = browser.cookie('gatehouse_session')!;
    gateway.jira.extra = { prompt: 'login' };
    await gateway.signIn(browser);
    gateway.jira.extra = {};

    expect(browser.cookie('gatehouse_session')).not.toBe(former);
    expect(await signedInBy(former)).toBe(false);
    expect(await signedInBy(browser.cookie('gatehouse_session')!)).toBe(true);
  });

  it('O61 hands over the username exactly as Jira spells it', async () => {
    const identityId = (await gateway.identityOf('bob'))!;
    const accountId = await gateway.link(identityId, 'bob');
    await gateway.jiraAccount(accountId, { username: 'Bob.Élan' });
    gateway.idp.person = 'bob';

    expect(claimsOf(await gateway.signIn())).toMatchObject({ sub: accountId, preferred_username: 'Bob.Élan' });
    await gateway.jiraAccount(accountId, { username: 'bob' });
  });

  it('never writes a code, a token, a secret, a claim or a state into the log', async () => {
    gateway.idp.person = 'ada';
    const answers: string[] = [];
    gateway.idp.tamper = (answer) => void answers.push(String(answer['id_token']), String(answer['access_token']));
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    await gateway.signIn(browser);

    const log = gateway.logLines.join('');
    const secrets = [
      ...answers,
      ...browser.history.flatMap(({ searchParams }) => [searchParams.get('code'), searchParams.get('state')]),
      browser.cookie('gatehouse_session'),
      gateway.jira.op.secret,
      'upstream-client-secret-0123456789',
      'ada@example.com',
    ].filter((secret) => secret !== null && secret !== undefined && secret !== 'jira-state');
    expect(secrets.length).toBeGreaterThan(8);
    for (const secret of secrets) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/eyJ[A-Za-z0-9_-]{10,}\./);
    expect(log).toContain('"step":"started"');
    expect(log).toContain('"step":"completed"');
  });

  /** Up to the moment before the identity provider sends the browser back. */
  async function toProvider(browser: HttpBrowser): Promise<URL> {
    let url = new URL(`${gateway.jira.origin}/login`);
    for (let hop = 0; hop < 20; hop += 1) {
      const response = await browser.request(url, { method: 'GET' });
      const location = response.headers.get('location');
      if (!location) throw new Error(`stopped at ${url.href} with ${response.status}`);
      url = new URL(location, url);
      if (url.pathname.includes('/callback/')) return url;
    }
    throw new Error('too many redirects');
  }

  async function signedInBy(cookie: string): Promise<boolean> {
    const response = await fetch(`${gateway.publicUrl}/login/none/wait/${randomUUID()}`, {
      headers: { cookie: `gatehouse_session=${cookie}` },
    });
    await response.body?.cancel();
    return response.status === 200;
  }
});
