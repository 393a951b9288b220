import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';

type Answer = Record<string, unknown>;

describe('answers that must not sign anybody in', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ providers: ['company', 'partner'] });
  });
  afterEach(() => {
    gateway.idp.tamper = undefined;
    gateway.idp.intercept = undefined;
  });
  afterAll(() => gateway.stop());

  const flipped = (text: string) => text.slice(0, -10) + (text.at(-10) === 'A' ? 'B' : 'A') + text.slice(-9);
  const resigned = (change: Record<string, unknown>) => async (answer: Answer) => {
    const claims = JSON.parse(Buffer.from(String(answer['id_token']).split('.')[1]!, 'base64url').toString()) as Answer;
    answer['id_token'] = await gateway.idp.sign({ ...claims, ...change });
  };
  const cases: { what: string; tamper: (answer: Answer) => Promise<void> | void }[] = [
    {
      what: 'O02 a tampered signature',
      tamper: (answer) => {
        answer['id_token'] = flipped(String(answer['id_token']));
      },
    },
    {
      what: 'O02 an empty signature',
      tamper: (answer) => {
        answer['id_token'] = String(answer['id_token']).replace(/[^.]+$/, '');
      },
    },
    {
      what: 'O01 alg none',
      tamper: (answer) => {
        const payload = String(answer['id_token']).split('.')[1];
        answer['id_token'] = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      },
    },
    {
      what: 'O11 an access token in place of the ID token',
      tamper: (answer) => {
        answer['id_token'] = answer['access_token'];
      },
    },
    {
      what: 'no ID token at all',
      tamper: (answer) => {
        delete answer['id_token'];
      },
    },
    { what: 'O20 another nonce', tamper: resigned({ nonce: 'of-another-login' }) },
    { what: 'O20 no nonce', tamper: resigned({ nonce: undefined }) },
    { what: 'O12 a token that is not an ID token', tamper: resigned({ token_use: 'access' }) },
    {
      what: 'O13 an issuer with a slash more',
      tamper: (answer) => resigned({ iss: `${gateway.idp.issuer}/` })(answer),
    },
    { what: 'O14 another audience', tamper: resigned({ aud: 'somebody-else' }) },
    { what: 'O16 an expired token', tamper: resigned({ exp: Math.floor(Date.now() / 1000) - 3600 }) },
    { what: 'O18 a token of yesterday', tamper: resigned({ iat: Math.floor(Date.now() / 1000) - 86_400 }) },
    { what: 'O19 a subject of 300 characters', tamper: resigned({ sub: 'a'.repeat(300) }) },
    { what: 'O21 the hash of another access token', tamper: resigned({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }) },
    { what: 'O53 userinfo of somebody else', tamper: resigned({ sub: 'bob', at_hash: undefined }) },
    { what: 'O67 claims of 500 kB', tamper: resigned({ groups: ['x'.repeat(500_000)] }) },
  ];

  it.each(cases)('$what: refused, recorded, no session', async ({ tamper }) => {
    gateway.idp.person = 'ada';
    gateway.idp.tamper = tamper;

    const page = await signInAtCompany();

    expect(page.status).toBe(400);
    expect(plain(page.body)).toContain('could not be verified');
    expect(plain(page.body)).toMatch(/Reference: [0-9a-f]{32}/);
    await expectNobodySignedIn('login.answer_invalid');
  });

  it('O31 O32 refuses the answer in a browser that did not start the sign-in, before any token request, and spends nothing', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    const callback = await upToCallback(browser);
    gateway.idp.requests.length = 0;

    const stranger = new HttpBrowser();
    const refused = await stranger.get(callback);

    expect(refused.status).toBe(400);
    expect(gateway.idp.requests).toEqual([]);
    expect(stranger.cookieNames()).toEqual([]);
    const guessing = await fetch(callback, {
      headers: { cookie: `gatehouse_tx_${callback.searchParams.get('state')!.slice(0, 8)}=${'A'.repeat(43)}` },
    });
    expect(guessing.status).toBe(400);
    expect(gateway.idp.requests).toEqual([]);
    const [page] = await Promise.all([browser.get(callback), gateway.provision('ada')]);
    expect(page.url.origin).toBe(gateway.jira.origin);
  });

  it('O33 a replayed callback asks nothing, keeps the session and ends on a friendly page', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    const callback = await upToCallback(browser);
    await browser.get(callback);
    const session = browser.cookie('gatehouse_session');
    gateway.idp.requests.length = 0;
    const logins = await gateway.count('gateway.login');

    const replayed = await browser.get(callback);

    expect(replayed.status).toBe(200);
    expect(plain(replayed.body)).toContain('You are signed in');
    expect(gateway.idp.requests).toEqual([]);
    expect(browser.cookie('gatehouse_session')).toBe(session);
    expect(await gateway.count('gateway.login')).toBe(logins);
  });

  it('O35 refuses the answer of one provider at the address of another, and sends no secret', async () => {
    const browser = new HttpBrowser();
    const callback = await upToCallback(browser);
    gateway.idp.requests.length = 0;

    const page = await browser.get(callback.href.replace('/callback/company', '/callback/partner'));

    expect(page.status).toBe(400);
    expect(gateway.idp.requests).toEqual([]);
    expect((await browser.get(callback)).status).toBe(400);
  });

  describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('a provider called %s', (provider) => {
    it('is not known, and a page says so', async () => {
      const [unknown, browser] = ['This way to sign in does not exist', new HttpBrowser()];
      const login = await gateway.signIn(browser);
      const page = await browser.get(`${login.url.href}?provider=${provider}`);
      expect([page.status, plain(page.body)]).toEqual([404, expect.stringContaining(unknown)]);
      expect(plain(page.body)).toMatch(/Reference: [0-9a-f]{32}/);

      const posted = await new HttpBrowser().post(`${gateway.publicUrl}/callback/${provider}`, {
        state: 'x',
        code: 'y',
      });
      expect([posted.status, plain(posted.body)]).toEqual([404, expect.stringContaining(unknown)]);
    });

    it('gets no answer of another one, asked for or not', async () => {
      const browser = new HttpBrowser();
      const callback = await upToCallback(browser);
      const moved = callback.href.replace('/callback/company', `/callback/${provider}`);
      gateway.idp.requests.length = 0;
      for (const page of [await new HttpBrowser().get(moved), await browser.get(moved)]) {
        expect(page.status).toBe(400);
        expect(plain(page.body)).toMatch(/Reference: [0-9a-f]{32}/);
      }
      expect(gateway.idp.requests).toEqual([]);
    });

    it('orders no sign-out', async () => {
      const init = { method: 'POST', body: new URLSearchParams({ logout_token: 'x' }) };
      const answer = await fetch(`${gateway.publicUrl}/backchannel-logout/${provider}`, init);
      expect(answer.status).toBe(400);
    });
  });

  it.each([
    { what: 'no state', change: (url: URL) => url.searchParams.delete('state') },
    { what: 'two states', change: (url: URL) => url.searchParams.append('state', url.searchParams.get('state')!) },
    { what: 'two codes', change: (url: URL) => url.searchParams.append('code', 'another') },
    { what: 'no code', change: (url: URL) => url.searchParams.delete('code') },
    { what: 'O36 another iss', change: (url: URL) => url.searchParams.set('iss', 'https://evil.example') },
    { what: 'O36 no iss though advertised', change: (url: URL) => url.searchParams.delete('iss') },
  ])('O30 refuses an answer with $what before any token request', async ({ change }) => {
    const browser = new HttpBrowser();
    const callback = await upToCallback(browser);
    change(callback);
    gateway.idp.requests.length = 0;

    const page = await browser.get(callback);

    expect(page.status).toBe(400);
    expect(gateway.idp.requests).not.toContain('/token');
    expect(browser.cookie('gatehouse_session')).toBeUndefined();
  });

  it.each([
    { error: 'access_denied', status: 403 },
    { error: 'login_required', status: 403 },
    { error: 'server_error', status: 503 },
  ])(
    'O37 O38 ends on one page when the provider answers $error, and never shows its text',
    async ({ error, status }) => {
      const browser = new HttpBrowser();
      const callback = await upToCallback(browser);
      callback.searchParams.set('error', error);
      callback.searchParams.set('error_description', '<script>alert(1)</script>');
      callback.searchParams.set('error_uri', 'https://evil.example/');
      gateway.idp.requests.length = 0;

      const page = await browser.get(callback);

      expect(page.status).toBe(status);
      expect(page.body).not.toContain('alert(1)');
      expect(page.body).not.toContain('evil.example');
      expect(gateway.idp.requests).toEqual([]);
      expect(page.headers.get('location')).toBeNull();
    },
  );

  it('O51 does not follow a redirect of the token endpoint with the secret', async () => {
    const browser = new HttpBrowser();
    const callback = await upToCallback(browser);
    gateway.idp.intercept = (request, response) => {
      if (request.url !== '/token') return false;
      response.writeHead(307, { location: `${gateway.idp.issuer}/elsewhere` }).end();
      return true;
    };
    gateway.idp.requests.length = 0;

    expect((await browser.get(callback)).status).toBe(503);
    expect(gateway.idp.requests).toEqual(['/token']);
  });

  it('O52 lets a person in without userinfo when the ID token suffices, and records that it was not read', async () => {
    gateway.idp.person = 'ada';
    gateway.idp.intercept = (request, response) => {
      if (request.url !== '/me') return false;
      response.writeHead(500).end();
      return true;
    };
    const browser = new HttpBrowser();

    const page = await browser.get(await upToCallback(browser));

    expect(page.url.origin).toBe(gateway.jira.origin);
    const [login] = await gateway.dataSource.query<object[]>('select * from gateway.login order by at desc limit 1');
    expect(login).toMatchObject({ outcome: 'accepted', code: 'login.userinfo_unavailable' });
  });

  it('O24 lets people in right after the provider changed its key', async () => {
    gateway.idp.person = 'ada';
    await upToCallback(new HttpBrowser()).then((url) => new HttpBrowser().get(url));
    gateway.idp.rotate();
    const browser = new HttpBrowser();

    const page = await browser.get(await upToCallback(browser));

    expect(page.url.origin).toBe(gateway.jira.origin);
  });

  it('E05 offers the choice of several providers as links with their names', async () => {
    const page = await gateway.signIn();

    expect(page.status).toBe(200);
    expect(plain(page.body)).toContain('Provider company Provider partner');
    expect(page.body.match(/<h1>/g)).toHaveLength(1);
    expect(page.body).toMatch(/<html lang="en"/);
  });

  it('a link that somebody else started leads nobody into it, and the one who started it nowhere', async () => {
    gateway.idp.person = 'ada';
    const attacker = new HttpBrowser();
    const { url } = await gateway.signIn(attacker); // Waits on the choice, and sends its address to ada.
    gateway.idp.requests.length = 0;

    const victim = await new HttpBrowser().get(`${url.href}?provider=company`);

    expect(victim.status).toBe(400);
    expect(plain(victim.body)).toContain('cannot be continued');
    expect(gateway.idp.requests).toEqual([]);
    const resumed = await attacker.get(url.href.replace('/login/', '/oidc/auth/'));
    expect(resumed.url.pathname).toMatch(/^\/_sso\/login\//);
  });

  it('does not know a provider that is not configured', async () => {
    const browser = new HttpBrowser();
    const page = await gateway.signIn(browser);

    for (const key of ['nobody', '__proto__', 'constructor', '..%2Fcompany']) {
      expect((await browser.get(`${page.url.href}?provider=${key}`)).status).toBe(404);
    }
  });

  it('a provider that is away gets an honest page within three seconds, and the next try works', async () => {
    await gateway.dataSource.query(
      `insert into console.config_version (document, actor)
       select jsonb_set(document, '{providers,company,name}', '"Renamed"'), 'test' from console.config_version limit 1`,
    );
    await gateway.dataSource.query(`select pg_notify('gatehouse_config', '')`);
    gateway.idp.intercept = (request) => request.url!.startsWith('/.well-known'); // Never answers.
    const browser = new HttpBrowser();
    const choice = await gateway.signIn(browser);
    const startedAt = Date.now();

    const away = await browser.get(`${choice.url.href}?provider=company`);

    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(away.status).toBe(503);
    expect(plain(away.body)).toContain('does not answer');
    gateway.idp.intercept = undefined;
    gateway.idp.person = 'ada';
    await browser.click(away, 'Try again');
    const again = await signInAtCompany(browser);
    expect(again.url.origin).toBe(gateway.jira.origin);
  });

  async function upToCallback(browser: HttpBrowser): Promise<URL> {
    const page = await gateway.signIn(browser);
    let url = new URL(`${page.url.href}?provider=company`);
    for (let hop = 0; hop < 20; hop += 1) {
      const response = await browser.request(url, { method: 'GET' });
      const location = response.headers.get('location');
      if (!location) throw new Error(`stopped at ${url.href} with ${response.status}`);
      url = new URL(location, url);
      if (url.pathname.includes('/callback/')) return url;
    }
    throw new Error('too many redirects');
  }

  async function signInAtCompany(browser = new HttpBrowser()): Promise<Page> {
    return browser.get(await upToCallback(browser));
  }

  async function expectNobodySignedIn(code: string): Promise<void> {
    const [login] = await gateway.dataSource.query<object[]>('select * from gateway.login order by at desc limit 1');
    expect(login).toMatchObject({ outcome: 'failed', code, identity_id: null });
    expect(await gateway.count('gateway.identity')).toBe(0);
    expect(await gateway.count('gateway.session')).toBe(0);
    expect(await gateway.count('messaging.outbox')).toBe(0);
  }
});
