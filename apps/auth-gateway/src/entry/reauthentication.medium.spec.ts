import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { HttpBrowser } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

describe('O68 proving again who one is', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
  });
  afterEach(() => {
    gateway.idp.tamper = undefined;
    gateway.jira.extra = {};
  });
  afterAll(() => gateway.stop());

  /** The provider's ID token as it is, but for when the person proved who they are. */
  function answerWith(authTime: number | undefined): void {
    gateway.idp.tamper = async (answer) => {
      const claims = decodeJwt(String(answer['id_token']));
      delete claims['auth_time'];
      answer['id_token'] = await gateway.idp.sign({
        ...claims,
        ...(authTime === undefined ? {} : { auth_time: authTime }),
      });
    };
  }

  const nowSeconds = () => Math.floor(Date.now() / 1000);

  it('O68 asks the provider by prompt and by max_age, and takes a fresh answer', async () => {
    gateway.jira.extra = { prompt: 'login' };
    const browser = new HttpBrowser();

    claimsOf(await gateway.signIn(browser));

    const asked = browser.history.find(
      ({ origin, pathname }) => origin === gateway.idp.issuer && pathname === '/auth',
    )!;
    expect(asked.searchParams.get('prompt')).toBe('login');
    expect(asked.searchParams.get('max_age')).toBe('60');
  });

  it.each([
    ['0', () => 0],
    ['absent', () => undefined],
    ['an hour ago', () => nowSeconds() - 3_600],
  ])('O68 auth_time %s is not fresh', async (_what, authTime) => {
    const browser = new HttpBrowser();
    claimsOf(await gateway.signIn(browser));
    const cookie = browser.cookie('gatehouse_session');
    gateway.jira.extra = { prompt: 'login' };
    answerWith(authTime());

    const page = await gateway.signIn(browser);

    expect(page.status).toBe(400);
    expect(page.url.origin).toBe(new URL(gateway.publicUrl).origin);
    expect(browser.cookie('gatehouse_session')).toBe(cookie);
  });

  it("O68 Jira's max_age is measured against the provider's auth_time, not against our own sign-in", async () => {
    const browser = new HttpBrowser();
    answerWith(nowSeconds() - 3_000);
    claimsOf(await gateway.signIn(browser));
    gateway.idp.tamper = undefined;

    gateway.jira.extra = { max_age: '3600' };
    gateway.idp.requests.length = 0;
    const long = claimsOf(await gateway.signIn(browser));
    expect(gateway.idp.requests).not.toContain('/token');
    expect(nowSeconds() - Number(long['auth_time'])).toBeGreaterThan(2_990);

    gateway.jira.extra = { max_age: '600' };
    const short = claimsOf(await gateway.signIn(browser));
    expect(gateway.idp.requests).toContain('/token');
    expect(nowSeconds() - Number(short['auth_time'])).toBeLessThan(60);
  });

  it('O43 the session has another cookie afterwards, and the old one is dead', async () => {
    const browser = new HttpBrowser();
    claimsOf(await gateway.signIn(browser));
    const [id, former] = [await gateway.sessionId(), browser.cookie('gatehouse_session')!];
    gateway.jira.extra = { prompt: 'login' };
    claimsOf(await gateway.signIn(browser));

    expect(await gateway.sessionId()).toBe(id);
    expect(browser.cookie('gatehouse_session')).not.toBe(former);
    gateway.jira.extra = { prompt: 'none' };
    const thief = new HttpBrowser();
    const answer = await thief.request(new URL(await authorization()), {
      headers: { cookie: `gatehouse_session=${former}` },
    });
    expect(new URL(answer.headers.get('location')!).searchParams.get('error')).toBe('login_required');
  });

  async function authorization(): Promise<string> {
    const answer = await fetch(`${gateway.jira.origin}/login`, { redirect: 'manual' });
    return answer.headers.get('location')!;
  }
});
