import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';

describe('the end-session endpoint for Jira', () => {
  let gateway: GatewayFixture;
  let browser: HttpBrowser;
  let hint: string;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
    await gateway.firstSignIn('bob');
  });
  beforeEach(async () => {
    browser = new HttpBrowser();
    hint = await idTokenFor('ada', browser);
  });
  afterAll(() => gateway.stop());

  async function idTokenFor(name: string, visitor: HttpBrowser): Promise<string> {
    gateway.idp.person = name;
    gateway.jira.exchanging = false;
    await gateway.signIn(visitor);
    const tokens = await gateway.jira.exchange(gateway.jira.codes.at(-1)!);
    return String(tokens.body['id_token']);
  }

  const after = () => `${gateway.jira.origin}/secure/Logout!default.jspa`;
  const endSession = (parameters: Record<string, string>) =>
    browser.get(`${gateway.jira.op.issuer}/session/end?${new URLSearchParams(parameters).toString()}`);
  const alive = async () => (await gateway.count('gateway.session', `id = '${await gateway.sessionId()}'`)) === 1;
  const asks = (page: Page) => plain(page.body).includes('Sign out?');

  it('O50 ends our session for a hint of ours, and goes to the registered address with its state', async () => {
    const id = await gateway.sessionId();

    const page = await endSession({ id_token_hint: hint, post_logout_redirect_uri: after(), state: 'xyz' });

    expect(page.url.href).toBe(`${after()}?state=xyz`);
    expect(await gateway.count('gateway.session', `id = '${id}' and ended_reason = 'rp-logout'`)).toBe(1);
    expect(browser.cookie('gatehouse_session')).toBeUndefined();
  });

  it('O50 takes a form as well, and ends on our page without an address', async () => {
    const id = await gateway.sessionId();
    const page = await browser.post(`${gateway.jira.op.issuer}/session/end`, { id_token_hint: hint });
    expect(page.url.pathname).toBe('/_sso/logged-out');
    expect(await gateway.count('gateway.session', `id = '${id}' and ended_at is null`)).toBe(0);
  });

  it('O45 O50 a form from another site, which brings no cookie, goes on as a request that does', async () => {
    const id = await gateway.sessionId();
    const endpoint = `${gateway.jira.op.issuer}/session/end`;
    const answer = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: after() }),
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.getSetCookie()).toEqual([]);

    const page = await browser.get(new URL(answer.headers.get('location')!, endpoint));

    expect(page.url.href).toBe(after());
    expect(await gateway.count('gateway.session', `id = '${id}' and ended_reason = 'rp-logout'`)).toBe(1);
  });

  it('O50 asks, and sends nobody anywhere, for a forged hint or an address that is not registered', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = await new SignJWT(decodeJwt(hint))
      .setProtectedHeader({ alg: 'RS256', kid: decodeProtectedHeader(hint).kid! })
      .sign(privateKey);
    const [head, body] = hint.split('.');
    const address = after();
    const requests: Record<string, string>[] = [
      { post_logout_redirect_uri: address },
      { id_token_hint: 'garbage', post_logout_redirect_uri: address },
      { id_token_hint: forged, post_logout_redirect_uri: address },
      { id_token_hint: `${head}.${body}.`, post_logout_redirect_uri: address },
      { id_token_hint: hint, client_id: 'somebody', post_logout_redirect_uri: address },
      { id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' },
      { id_token_hint: hint, post_logout_redirect_uri: `${address}?x=1` },
      { id_token_hint: hint, post_logout_redirect_uri: `${gateway.jira.origin}.evil.example/` },
    ];
    for (const parameters of requests) {
      const page = await endSession(parameters);
      expect([parameters, page.url.pathname, asks(page)]).toEqual([parameters, '/_sso/oidc/session/end', true]);
    }
    expect(await alive()).toBe(true);
    expect(browser.cookie('gatehouse_session')).toBeDefined();
  });

  it('O50 asks when somebody else is signed in by now', async () => {
    const ofBob = await idTokenFor('bob', new HttpBrowser());
    const page = await endSession({ id_token_hint: ofBob, post_logout_redirect_uri: after() });
    expect(asks(page)).toBe(true);
    expect(browser.cookie('gatehouse_session')).toBeDefined();
  });

  it('O50 what it asks is answered by the form that our own page has', async () => {
    const asked = await endSession({ post_logout_redirect_uri: 'https://evil.example/' });
    const out = await browser.submit(asked, {});
    expect(out.url.pathname).toBe('/_sso/logged-out');
    expect(browser.cookie('gatehouse_session')).toBeUndefined();
  });

  it("the library's own pages for it are not to be reached", async () => {
    for (const path of ['session/end/confirm', 'session/end/success'])
      expect(asks(await browser.get(`${gateway.jira.op.issuer}/${path}`))).toBe(true);
  });
});

describe('O75 keys of the OP that are renewed', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
  });
  afterAll(() => gateway.stop());

  const published = async () => {
    const { keys } = (await (await fetch(`${gateway.jira.op.issuer}/jwks`)).json()) as {
      keys: Record<string, unknown>[];
    };
    for (const key of keys) for (const secret of ['d', 'p', 'q']) expect(key).not.toHaveProperty(secret);
    return keys.map(({ kid }) => kid as string);
  };
  const signsWith = async () => {
    gateway.jira.exchanging = false;
    await gateway.signIn();
    const { body } = await gateway.jira.exchange(gateway.jira.codes.at(-1)!);
    return decodeProtectedHeader(String(body['id_token'])).kid;
  };
  const tell = () => gateway.dataSource.query(`select pg_notify('gatehouse_op_keys', '')`);

  it('F24 are published before they sign, and after: Jira sees both', async () => {
    const [former] = await published();
    expect(await signsWith()).toBe(former);
    await gateway.dataSource.query(
      `insert into console.op_key_rotation (id, actor, reason) values (gen_random_uuid(), 'test', 'test')`,
    );
    await tell();
    await waitFor(async () => (await published()).length === 2, { what: 'the keys' });
    const next = (await published()).find((kid) => kid !== former);
    expect(await signsWith()).toBe(former);

    await gateway.dataSource.query(
      `update gateway.op_key set retired_at = now() where purpose = 'signing' and retired_at is not null`,
    );
    await tell();
    await waitFor(async () => (await signsWith()) === next, { what: 'the keys' });
    expect((await published()).sort()).toEqual([former, next].sort());

    await gateway.dataSource.query(
      `update gateway.op_key set retired_at = now() - interval '25 hours' where retired_at is not null`,
    );
    await tell();
    await waitFor(async () => (await published()).length === 1, { what: 'the keys' });
    expect(await published()).toEqual([next]);
  });

  it('are renewed by themselves when they are old, once', async () => {
    const before = await published();
    await gateway.dataSource.query(
      `update gateway.op_key set created_at = now() - interval '91 days' where retired_at is null`,
    );
    await tell();
    await waitFor(async () => (await published()).length === before.length + 1, { what: 'the keys' });
    await tell();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await published()).toHaveLength(before.length + 1);
    expect(await gateway.count('gateway.op_key', `purpose = 'client-secret'`)).toBe(1); // Jira knows that one.
  });
});
