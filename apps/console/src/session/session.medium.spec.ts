import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiTokenPage } from '@gatehouse/contracts';
import { adminToken, Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

const origin = 'http://localhost:3000';
const ownPage = { origin, 'sec-fetch-site': 'same-origin' };

describe('the console session', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
  });
  afterAll(() => surroundings.close());

  const get = (path: string, cookie = '', at = running) =>
    fetch(`${at.url}/console${path}`, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}, at = running) =>
    fetch(`${at.url}/console${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'text/html', ...ownPage, ...headers },
      body: new URLSearchParams(form),
    });
  const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0] ?? '';
  const pairOf = (answer: Response) => cookieOf(answer).split(';')[0]!;
  const signIn = async (token = adminToken, headers = {}) => {
    const answer = await post('/login', { token }, headers);
    expect(answer.status).toBe(303);
    return pairOf(answer);
  };
  const csrfOf = async (cookie: string) =>
    /name="csrf" value="([^"]+)"/.exec(await (await get('', cookie)).text())![1]!;

  it('is asked for by every page, and leads back to where one wanted to go', async () => {
    const answer = await get('/queues/queue/x?status=failed');
    expect(answer.status).toBe(303);
    const login = answer.headers.get('location')!;
    expect(login).toBe(`/_sso/console/login?next=${encodeURIComponent('/_sso/console/queues/queue/x?status=failed')}`);

    const form = await (await get(login.slice('/_sso/console'.length))).text();
    const next = /name="next" value="([^"]+)"/.exec(form)![1]!;
    const signedIn = await post('/login', { token: adminToken, next });
    expect(signedIn.headers.get('location')).toBe('/_sso/console/queues/queue/x?status=failed');
    expect((await post('/login', { token: adminToken, next: 'https://evil.example/' })).headers.get('location')).toBe(
      '/_sso/console',
    );
  });

  it('is a cookie that scripts and other sites cannot use, for the console only, and a hash in the database', async () => {
    const answer = await post('/login', { token: adminToken });
    const [pair, ...attributes] = cookieOf(answer).split('; ');
    const secret = pair!.split('=')[1]!;

    expect(pair).toMatch(/^gatehouse_console=[\w-]{43}$/);
    expect(attributes).toEqual(['Path=/_sso/console', 'HttpOnly', 'SameSite=Strict', 'Max-Age=1800']);
    const [stored] = await surroundings.dataSource.query<{ all: string; minutes: number }[]>(
      `select json_agg(s)::text as all, max(extract(epoch from expires_at - created_at) / 60)::int as minutes from console.session s`,
    );
    expect(stored!.all).not.toContain(secret);
    expect(stored!.minutes).toBe(30);
    expect(surroundings.log).not.toContain(secret);
    expect(surroundings.log).not.toContain(adminToken);
  });

  it('O44 is Secure and __Secure- by the console’s address, never by the request', async () => {
    const https = await surroundings.start({ variables: { PUBLIC_URL: 'https://jira.example/_sso' } });
    const answer = await post(
      '/login',
      { token: adminToken },
      { origin: 'https://jira.example', 'x-forwarded-proto': 'http' },
      https,
    );
    expect(cookieOf(answer)).toMatch(/^__Secure-gatehouse_console=[^;]+; Path=\/_sso\/console; .*; Secure/);
    const plain = await post('/login', { token: adminToken }, { 'x-forwarded-proto': 'https' });
    expect(cookieOf(plain)).not.toContain('Secure');
  });

  it('shows who is signed in, on every replica', async () => {
    const token = await running.tokenOf('viewer');
    const cookie = await signIn(token);
    const other = await surroundings.start();
    for (const at of [running, other]) {
      const page = await (await get('', cookie, at)).text();
      expect(page).toMatch(/<dd>viewer-[0-9a-f-]{36}<\/dd>/);
      expect(page).toContain('<dd>viewer</dd>');
    }
  });

  it('gets a fresh secret at every sign-in, and the old one ends', async () => {
    const first = await signIn();
    const second = await signIn(adminToken, { cookie: first });

    expect(second).not.toBe(first);
    expect((await get('', first)).status).toBe(303);
    expect((await get('', second)).status).toBe(200);
  });

  it('takes no secret that a visitor brings along', async () => {
    const brought = `gatehouse_console=${'A'.repeat(43)}`;
    const given = await signIn(adminToken, { cookie: brought });
    expect(given).not.toBe(brought);
    expect((await get('', brought)).status).toBe(303);
  });

  it('ends when it is signed out, with the form’s token or the header, and only from a page of the console', async () => {
    const cookie = await signIn();
    const csrf = await csrfOf(cookie);
    const others = await csrfOf(await signIn());

    const refused = [
      await post('/logout', {}, { cookie }),
      await post('/logout', { csrf: others }, { cookie }),
      await post('/logout', { csrf }, { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
      await post('/logout', { csrf }, { cookie, origin: 'null', 'sec-fetch-site': 'same-site' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await get('', cookie)).status).toBe(200);

    const answer = await post('/logout', {}, { cookie, 'x-csrf-token': csrf });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/_sso/console/login']);
    expect(cookieOf(answer)).toContain('Max-Age=0');
    expect((await get('', cookie)).status).toBe(303);
    const [audit] = await surroundings.dataSource.query<{ actor: string; action: string }[]>(
      `select actor, action from console.audit order by id desc limit 1`,
    );
    expect(audit).toEqual({ actor: 'session:admin', action: 'session.ended' });
  });

  it('is not begun by a page of another site', async () => {
    const answer = await post(
      '/login',
      { token: adminToken },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    );
    expect(answer.status).toBe(403);
    expect(cookieOf(answer)).toBe('');
  });

  it('ends at once when the token it came from is revoked, expires or is replaced', async () => {
    const token = await running.tokenOf('operator');
    const cookie = await signIn(token);
    const tokens = ApiTokenPage.parse(await (await running.request('tokens?limit=100')).json()).items;
    const { id } = tokens.find(({ name, role }) => role === 'operator' && name.startsWith('operator-'))!;
    await running.request(`tokens/${id}`, { method: 'DELETE' });
    expect((await get('', cookie)).status).toBe(303);

    const shortLived = await running.tokenOf('operator');
    const second = await signIn(shortLived);
    await surroundings.dataSource.query(`update console.api_token set expires_at = now() where role = 'operator'`);
    expect((await get('', second)).status).toBe(303);

    const ofAdmin = await signIn();
    const replaced = await surroundings.start({ variables: { ADMIN_TOKEN: 'another-admin-token-0123456789' } });
    expect((await get('', ofAdmin, replaced)).status).toBe(303);
    await surroundings.start(); // And back again, for the tests after this one.
  });

  it('ends after 30 minutes, whatever happens in them', async () => {
    const cookie = await signIn();
    await surroundings.dataSource.query(
      `update console.session set created_at = created_at - interval '30 minutes',
         expires_at = expires_at - interval '30 minutes', last_seen_at = now() where ended_at is null`,
    );
    expect((await get('', cookie)).status).toBe(303);
  });

  it('is refused for a wrong token with a page that says so, limited like the API', async () => {
    const limited = await surroundings.start();
    const attempt = (token: string) => post('/login', { token }, {}, limited);
    const wrong = await attempt('not-the-token');
    const page = await wrong.text();

    expect(wrong.status).toBe(401);
    expect(page).toContain('<title>Error: Sign in to the console</title>');
    expect(page).toContain('role="alert"');
    expect(page).not.toContain('not-the-token');
    const more = await Promise.all(Array.from({ length: 30 }, (_, index) => attempt(`guess-${index}`)));
    expect(more.filter(({ status }) => status === 429)).toHaveLength(11);
    expect((await attempt(adminToken)).status).toBe(303);
  });

  it('S18 pages run no script, load nothing from elsewhere, and cannot be framed or cached', async () => {
    const cookie = await signIn();
    for (const answer of [await get('/login'), await get('', cookie), await get('/nothing', cookie), await get('')]) {
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.text()).not.toMatch(/<script|https?:\/\/(?!localhost:3000)/);
    }
  });
});

describe('with CONSOLE_PUBLIC_URL the console', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start({ variables: { CONSOLE_PUBLIC_URL: 'https://console.example' } });
  });
  afterAll(() => surroundings.close());

  /** fetch would put its own Host there. */
  const ask = (method: 'GET' | 'POST', path: string, headers: Record<string, string>, body = '') =>
    new Promise<{ statusCode: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const sent = request(running.url + path, { method, headers }, (answer) => {
        void text(answer).then(
          (received) => resolve({ statusCode: answer.statusCode!, headers: answer.headers, body: received }),
          reject,
        );
      });
      sent.once('error', reject).end(body);
    });
  const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };

  it('answers nowhere else, and says where it lives', async () => {
    for (const url of ['/console', '/console/login', '/console/queues/', '/console/assets/console.css']) {
      const answer = await ask('GET', url, { host: 'jira.example' });
      expect([url, answer.statusCode]).toEqual([url, 421]);
      expect(answer.body).toContain('href="https://console.example/console"');
    }
    const login = await ask('POST', '/console/login', { ...form, host: 'jira.example' }, `token=${adminToken}`);
    expect([login.statusCode, login.headers['set-cookie']]).toEqual([421, undefined]);
  });

  it('has its session there, below its own path', async () => {
    const answer = await ask(
      'POST',
      '/console/login',
      { ...form, host: 'console.example', origin: 'https://console.example' },
      `token=${adminToken}`,
    );
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/console']);
    expect(answer.headers['set-cookie']![0]).toMatch(
      /^__Secure-gatehouse_console=.*; Path=\/console; .*SameSite=Strict; Secure/,
    );
  });

  it('takes no form from Jira’s origin', async () => {
    const headers = { ...form, host: 'console.example', origin: 'http://localhost:3000' };
    expect((await ask('POST', '/console/login', headers, `token=${adminToken}`)).statusCode).toBe(403);
  });

  it('leaves the API with its bearer tokens everywhere', async () => {
    const headers = { host: 'jira.example', authorization: `Bearer ${adminToken}` };
    expect((await ask('GET', '/api/v1/config', headers)).statusCode).toBe(200);
  });
});
