import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { ForgingProvider } from '../testing/forging-provider.js';
import type { Draft } from '../testing/forging-provider.js';
import { JiraUnderTest } from '../testing/jira-under-test.js';

const session = 'SBXJIRA_JSESSIONID';
const past = Math.floor(Date.now() / 1000) - 3600;

function claims(change: Record<string, unknown>): (draft: Draft) => Draft {
  return (draft) => ({ ...draft, claims: { ...draft.claims, ...change } });
}

describe('what the SSO app refuses', () => {
  let jira: JiraUnderTest;
  let provider: ForgingProvider;
  let start: string;
  let foreignKey: Draft['key'];
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
    provider = await ForgingProvider.start();
    foreignKey = (await generateKeyPair('RS256')).privateKey;
    const { id } = await jira.addIdp(provider.issuer);
    await jira.createUser('ada');
    start = `${jira.url}/plugins/servlet/external-login/${id}?os_destination=%2Fbrowse%2FDEMO-1`;
  });
  afterAll(async () => {
    await jira.close();
    await provider.close();
  });
  beforeEach(() => {
    provider.forge = (draft) => draft;
    provider.tokenAnswer = undefined;
    provider.callbackParameters = {};
  });

  it('lets the honest token in, presenting the code and the secret as client_secret_basic', async () => {
    const page = await new HttpBrowser().get(start);
    expect(page.url.href).toBe(`${jira.url}/browse/DEMO-1`);
    const { authorization, body } = provider.lastTokenRequest!;
    // RFC 6749 section 2.3.1: encoded before joining.
    expect(Buffer.from(authorization!.slice(6), 'base64').toString()).toBe('jira:a+secret%2Fwith%2Bsigns');
    expect(Object.fromEntries(body)).toEqual({
      grant_type: 'authorization_code',
      code: expect.any(String),
      redirect_uri: `${jira.url}/plugins/servlet/oidc/callback`,
    });
  });

  it.each<[string, (draft: Draft) => Draft]>([
    ['another nonce', claims({ nonce: 'another' })],
    ['no nonce', claims({ nonce: undefined })],
    ['another issuer', claims({ iss: 'https://evil.example' })],
    ['another audience', claims({ aud: 'confluence' })],
    ['several audiences without azp', claims({ aud: ['jira', 'confluence'] })],
    ['azp of another client', claims({ azp: 'confluence' })],
    ['an expiry in the past', claims({ exp: past })],
    ['no expiry', claims({ exp: undefined })],
    ['an empty subject', claims({ sub: '' })],
    ['a signature by another key', (draft) => ({ ...draft, key: foreignKey })],
    ['an unknown key id', (draft) => ({ ...draft, key: foreignKey, kid: 'unknown' })],
    ['no signature', (draft) => ({ ...draft, algorithm: 'none' })],
    [
      'an algorithm nobody agreed on, by a published key',
      (draft) => ({ ...draft, algorithm: 'PS256', key: provider.pssKeys.privateKey, kid: 'pss' }),
    ],
    [
      'a signature by the client secret',
      (draft) => ({ ...draft, algorithm: 'HS256', key: new TextEncoder().encode('a secret/with+signs') }),
    ],
  ])('a token with %s', async (_name, forge) => {
    provider.forge = forge;
    const browser = new HttpBrowser();
    const page = await browser.get(start);
    expect(page.status).toBe(403);
    expect(plain(page.body)).toContain('ID token of the identity provider is not valid');
    expect(browser.cookieNames()).not.toContain(session);
  });

  it.each([
    ['an error', { status: 400, body: '{"error":"invalid_grant"}' }],
    ['no ID token', { status: 200, body: '{"access_token":"x","token_type":"Bearer"}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['more than anybody needs', { status: 200, body: `{"x":"${'x'.repeat(300_000)}"}` }],
  ])('a token response with %s', async (_name, tokenAnswer) => {
    provider.tokenAnswer = tokenAnswer;
    const browser = new HttpBrowser();
    expect((await browser.get(start)).status).toBe(502);
    expect(browser.cookieNames()).not.toContain(session);
  });

  it.each([
    ['a state nobody sent', { state: 'guessed' }, 400],
    ['an error of the provider', { error: 'access_denied' }, 403],
    ['an empty code', { code: '' }, 400],
  ])('a callback with %s', async (_name, parameters, status) => {
    provider.callbackParameters = parameters;
    const browser = new HttpBrowser();
    expect((await browser.get(start)).status).toBe(status);
    expect(browser.cookieNames()).not.toContain(session);
  });

  it('a callback in another browser than the one that started, which may still finish', async () => {
    const victim = new HttpBrowser();
    await callbackOf(victim); // which has a login of its own under way
    const attacker = new HttpBrowser();
    const callback = await callbackOf(attacker);
    expect((await victim.get(callback)).status).toBe(400);
    expect(victim.cookieNames()).not.toContain(session);
    expect((await attacker.get(callback)).url.pathname).toBe('/browse/DEMO-1');
  });

  it('the same callback twice', async () => {
    const browser = new HttpBrowser();
    const callback = await callbackOf(browser);
    await browser.get(callback);
    const own = browser.cookie(session);
    expect((await browser.get(callback)).status).toBe(400);
    expect(browser.cookie(session)).toBe(own);
  });

  it('lets two tabs of one browser log in at the same time', async () => {
    const browser = new HttpBrowser();
    const [first, second] = [await callbackOf(browser), await callbackOf(browser)];
    expect((await browser.get(first)).status).toBe(200);
    expect((await browser.get(second)).status).toBe(200);
  });

  it('discovers once and then uses what it knows, until the configuration changes', async () => {
    await new HttpBrowser().get(start);
    const before = provider.discoveries;
    await new HttpBrowser().get(start);
    expect(provider.discoveries).toBe(before);
    await jira.call('PATCH', '/rest/authconfig/1.0/idps/1', { body: { buttonText: 'Changed' } });
    await new HttpBrowser().get(start);
    expect(provider.discoveries).toBe(before + 1);
  });

  it('follows a change of the signing keys at once', async () => {
    await provider.rotateKeys();
    expect((await new HttpBrowser().get(start)).url.pathname).toBe('/browse/DEMO-1');
  });

  it('a provider that was switched off, also in the middle of a login', async () => {
    const browser = new HttpBrowser();
    const callback = await callbackOf(browser);
    await jira.call('PATCH', '/rest/authconfig/1.0/idps/1', { body: { enabled: false } });
    expect((await browser.get(callback)).status).toBe(400);
    expect((await browser.get(start)).status).toBe(400);
    await jira.call('PATCH', '/rest/authconfig/1.0/idps/1', { body: { enabled: true } });
  });

  async function callbackOf(browser: HttpBrowser): Promise<string> {
    const begun = await browser.request(new URL(start), {});
    const answered = await browser.request(new URL(begun.headers.get('location')!), {});
    return answered.headers.get('location')!;
  }
});
