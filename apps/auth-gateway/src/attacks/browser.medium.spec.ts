import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { signed } from '../testing/forged-token.fixture.js';
import { expectArrived, newestLogin, pageHeaders, withoutOurScript } from '../testing/refusal.fixture.js';

const session = 'gatehouse_session';

describe('the browser', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start({ settings: { contact: 'IT service desk, room 3' } });
    await attacked.introduce('eve');
    await attacked.introduce('ada');
  });
  afterAll(() => attacked.stop());

  describe('O43 session fixation', () => {
    it('a cookie that was there before the sign-in is never the one after it', async () => {
      const planted = 'A'.repeat(43);
      const browser = new HttpBrowser();
      browser.plant(session, planted);

      const response = await browser.request(await attacked.upToCallback(browser), {});
      await response.body?.cancel();

      expect(browser.cookie(session)).toMatch(/^[\w-]{43}$/);
      expect(browser.cookie(session)).not.toBe(planted);
      expect(await isAlive(planted)).toBe(false);
    });

    it('proving again who one is gives another cookie, and the old one is dead at once', async () => {
      const { browser } = await attacked.attempt();
      const old = browser.cookie(session)!;
      attacked.gateway.jira.extra = { prompt: 'login' };
      try {
        expectArrived(attacked, await attacked.gateway.signIn(browser));
      } finally {
        attacked.gateway.jira.extra = {};
      }

      expect(browser.cookie(session)).not.toBe(old);
      expect(await isAlive(old)).toBe(false);
      expect(await isAlive(browser.cookie(session)!)).toBe(true);
    });

    it("somebody else's session in this browser ends when another person signs in", async () => {
      attacked.idp().person = 'eve';
      const { browser } = await attacked.attempt();
      const ofEve = browser.cookie(session)!;
      attacked.idp().person = 'ada';
      attacked.gateway.jira.extra = { prompt: 'login' };
      try {
        expectArrived(attacked, await attacked.gateway.signIn(browser), 'ada');
      } finally {
        attacked.gateway.jira.extra = {};
      }

      expect(await isAlive(ofEve)).toBe(false);
    });

    /** Whether this cookie still signs in: without it, Jira's request leads to the provider. */
    async function isAlive(token: string): Promise<boolean> {
      const browser = new HttpBrowser();
      browser.plant(session, token);
      const asked = attacked.idp().requests.length;
      await attacked.gateway.signIn(browser);
      return !attacked.idp().requests.slice(asked).includes('/authorize');
    }
  });

  it('O44 F26 no token and no claim is in a cookie, and none grows with what the provider sends', async () => {
    const groups = Array.from({ length: 300 }, (_, index) => `${index}-`.padEnd(100, 'g'));
    const browser = new RecordingBrowser();
    const callback = await attacked.upToCallback(browser);
    const handedOut = attacked.idp().handedOut.length;
    attacked.idp().misbehave({ idToken: (right) => signed(right, { claims: { groups } }) });
    expectArrived(attacked, await browser.get(callback));
    expectArrived(
      attacked,
      (await attacked.attempt({ idToken: (right) => signed(right, { claims: { groups } }) })).page,
    );

    for (const cookie of browser.received) {
      expect(cookie.length).toBeLessThan(4_096);
      expect(cookie).not.toMatch(/eyJ|ada|ggggg/);
    }
    expect(browser.received.join('').length).toBeLessThan(8_192);
    for (const secret of attacked.idp().handedOut.slice(handedOut))
      expect(browser.received.join()).not.toContain(secret);
  });

  describe('O46 O47 E14 every answer that a browser shows or follows', () => {
    const answers: { method?: string; path: string; what: string; status: number }[] = [
      { what: 'a sign-in that has expired', path: '/login/none', status: 400 },
      { what: 'a wait for nothing', path: '/login/none/wait/none', status: 400 },
      { what: 'an answer that nobody asked for', path: '/callback/company?code=x&state=y', status: 400 },
      { what: 'an answer of a provider that is not known', path: '/callback/nobody?code=x', status: 400 },
      { what: 'the sign-out page', path: '/logout', status: 200 },
      { what: 'the signed-out page', path: '/logged-out', status: 200 },
      { what: 'a sign-out from elsewhere', path: '/logout', method: 'POST', status: 403 },
      { what: 'no page', path: '/nothing/here', status: 404 },
      { what: 'no page, posted', path: '/nothing/here', method: 'POST', status: 404 },
      { what: 'another method', path: '/logged-out', method: 'DELETE', status: 404 },
      { what: 'a path that is no text', path: '/login/%ff%fe', status: 400 },
      { what: 'a path of 10 kB', path: `/login/${'a'.repeat(10_000)}`, status: 404 },
      { what: 'no page of the OP', path: '/oidc/nothing', status: 404 },
      {
        what: 'an address that is not registered at the OP',
        path: '/oidc/auth?client_id=jira&redirect_uri=https%3A%2F%2Fevil.example',
        status: 400,
      },
      { what: 'another client at the OP', path: '/oidc/auth?client_id=evil&response_type=code', status: 400 },
      { what: 'markup in a request to the OP', path: '/oidc/auth?client_id=%3Cscript%3Ealert(1)', status: 400 },
      { what: 'a sign-in at the OP that is over', path: '/oidc/auth/none', status: 400 },
    ];

    it.each(answers)('$what: a page of ours, kept by nobody, framed by nobody', async ({ method, path, status }) => {
      const answer = await send(`${attacked.gateway.publicUrl}${path}`, method);

      expect({ status: answer.status, type: answer.headers['content-type'] }).toEqual({
        status,
        type: expect.stringMatching(/^text\/html/),
      });
      expect(answer.headers).toMatchObject(pageHeaders);
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.body).toMatch(/^<!doctype html>/);
      expect(answer.body.match(/<h1\b/g)).toHaveLength(1);
      expect(withoutOurScript(answer.body)).not.toMatch(/<script|alert\(1\)|%ff|aaaaaaaaaa/);
      expect(Buffer.byteLength(answer.body)).toBeLessThan(20_000);
      if (status < 400) return;
      expect(answer.body).toMatch(/<title>Error: /);
      expect(plain(answer.body)).toMatch(/Reference: [0-9a-f]{32}/);
      expect(plain(answer.body)).toContain('Who can help: IT service desk, room 3');
      expect(answer.headers['refresh']).toBeUndefined();
      expect(answer.headers['location']).toBeUndefined();
    });

    it('each step of a sign-in is kept by nobody and tells nobody where it came from', async () => {
      const browser = new RecordingBrowser();
      expectArrived(attacked, await browser.get(`${attacked.gateway.jira.origin}/login`));

      const ours = browser.answers.filter(({ url }) => url.href.startsWith(attacked.gateway.publicUrl));
      const steps = ours.map(({ url }) => url.pathname.slice(url.pathname.indexOf('/_sso') + 5));
      expect(steps).toEqual(['/oidc/auth', '/callback/company']);
      for (const { headers } of ours) {
        expect(headers.get('cache-control')).toContain('no-store');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    });

    it('the reference on the page is the one in the log and in the audit', async () => {
      const { page } = await attacked.attempt({ idToken: () => 'garbage' });
      const reference = /[0-9a-f]{32}/.exec(plain(page.body))![0];

      expect(attacked.gateway.logLines.filter((line) => line.includes(reference)).length).toBeGreaterThanOrEqual(1);
      expect(await newestLogin(attacked)).toMatchObject({ trace_id: reference });
    });

    it('O46 no code, state or token of a whole sign-in is in the log', async () => {
      const from = attacked.gateway.logLines.length;
      const { callback, browser } = await attacked.attempt();

      const log = attacked.gateway.logLines.slice(from).join('');
      expect(log).toContain('signed in');
      for (const secret of [
        callback.searchParams.get('code')!,
        browser.cookie(session)!,
        ...attacked.gateway.jira.codes,
      ])
        expect(log).not.toContain(secret);
    });
  });
});

class RecordingBrowser extends HttpBrowser {
  readonly answers: { url: URL; headers: Headers }[] = [];

  get received(): string[] {
    return this.answers
      .flatMap(({ headers }) => headers.getSetCookie())
      .filter((cookie) => cookie.includes('gatehouse_'));
  }

  override async request(url: URL, init: RequestInit): Promise<Response> {
    const response = await super.request(url, init);
    this.answers.push({ url, headers: response.headers });
    return response;
  }
}

/** The path exactly as it is written here, which `fetch` would mend. */
async function send(address: string, method = 'GET') {
  const { origin, port, hostname } = new URL(address);
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path: address.slice(origin.length),
        headers: { accept: 'text/html', origin: 'https://evil.example' },
      },
      (response) =>
        void text(response).then(
          (body) => resolve({ status: response.statusCode!, headers: response.headers, body }),
          reject,
        ),
    );
    sent.on('error', reject).end();
  });
}
