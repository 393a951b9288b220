import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, SignJWT } from 'jose';
import { logoutEvent } from '@gatehouse/relying-party';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

/** The identity provider is an oidc-provider of its own, with its back-channel logout as it comes. */
describe('sessions ended by others', () => {
  let gateway: GatewayFixture;
  let replica: string;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ provider: { signOutAtProvider: true } });
    replica = await gateway.replica();
    await gateway.firstSignIn('ada');
    await gateway.firstSignIn('bob');
  });
  afterEach(() => {
    gateway.idp.intercept = undefined;
  });
  afterAll(() => gateway.stop());

  interface SignedIn {
    readonly browser: HttpBrowser;
    readonly cookie: string;
    readonly id: string;
    /** The provider's. */
    readonly sid: string;
  }

  async function signedIn(name: string): Promise<SignedIn> {
    gateway.idp.person = name;
    const browser = new HttpBrowser();
    claimsOf(await gateway.signIn(browser));
    const id = await gateway.sessionId();
    const [row] = await gateway.dataSource.query<{ provider_session: string }[]>(
      'select provider_session from gateway.session where id = $1',
      [id],
    );
    return { browser, cookie: browser.cookie('gatehouse_session')!, id, sid: row!.provider_session };
  }

  const alive = async ({ id }: SignedIn) =>
    (await gateway.count('gateway.session', `id = '${id}' and ended_at is null`)) === 1;

  /** As this process knows it, by its cache. */
  async function knownAt(base: string, { cookie }: SignedIn): Promise<boolean> {
    const response = await fetch(`${base}/login/none/wait/${randomUUID()}`, {
      headers: { cookie: `gatehouse_session=${cookie}` },
    });
    await response.body?.cancel();
    return response.status === 200;
  }

  const post = (token: string, provider = 'company', base = gateway.publicUrl) =>
    fetch(`${base}/backchannel-logout/${provider}`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    });

  const claims = (more: Record<string, unknown> = {}) => ({
    iss: gateway.idp.issuer,
    aud: 'gateway',
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(Date.now() / 1000) + 120,
    jti: randomUUID(),
    events: { [logoutEvent]: {} },
    ...more,
  });
  const typed = { typ: 'logout+jwt' };

  it("O49 signing out at the provider ends exactly that browser's session, on every replica within two seconds", async () => {
    const [one, other] = [await signedIn('ada'), await signedIn('ada')];
    for (const session of [one, other]) expect(await knownAt(replica, session)).toBe(true);

    const end = `${gateway.idp.issuer}/session/end?client_id=gateway`;
    await one.browser.submit(await one.browser.get(end), { logout: 'yes' });
    const endedAt = performance.now();

    await waitFor(async () => !(await knownAt(replica, one)), { what: 'the replica to know it' });
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    expect(await gateway.count('gateway.session', `id = '${one.id}' and ended_reason = 'backchannel-logout'`)).toBe(1);
    expect(await gateway.count('gateway.op_model', `grant_id = '${one.id}'`)).toBe(0);
    expect(await alive(other)).toBe(true);
    expect(await knownAt(replica, other)).toBe(true);
  });

  it('O49 with sub alone ends every session of that person, and of nobody else', async () => {
    const [one, other, bob] = [await signedIn('ada'), await signedIn('ada'), await signedIn('bob')];

    const answer = await post(await gateway.idp.sign(claims({ sub: 'ada' }), typed));

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect([await alive(one), await alive(other), await alive(bob)]).toEqual([false, false, true]);
  });

  /** Somebody whose account is not made yet. */
  async function waitingFor(name: string) {
    gateway.idp.people.set(name, { ...gateway.idp.people.get('ada'), preferred_username: name });
    gateway.idp.person = name;
    const browser = new HttpBrowser();
    return { browser, page: await gateway.signIn(browser) };
  }

  it('O49 a sign-in that still waits for its account is over too, and only that one', async () => {
    const [carol, dora] = [await waitingFor('carol'), await waitingFor('dora')];
    for (const { page } of [carol, dora]) expect(page.url.pathname).toContain('/wait/');

    expect((await post(await gateway.idp.sign(claims({ sub: 'carol' }), typed))).status).toBe(200);
    await gateway.provision('carol');
    await gateway.provision('dora');

    expect((await carol.browser.get(carol.page.url)).status).toBe(400);
    expect(carol.browser.cookie('gatehouse_session')).toBeUndefined();
    expect(claimsOf(await dora.browser.get(dora.page.url))).toMatchObject({ preferred_username: 'dora' });
  });

  it('O49 of a provider that is switched off as well: its sessions live on, so they can be ended', async () => {
    const ada = await signedIn('ada');
    await switched('false');
    try {
      expect((await post(await gateway.idp.sign(claims({ sid: ada.sid }), typed))).status).toBe(200);
      expect(await alive(ada)).toBe(false);
    } finally {
      await switched('true');
    }
  });

  it('O49 of a session that nobody has: 200, and nothing happens', async () => {
    const ada = await signedIn('ada');
    expect((await post(await gateway.idp.sign(claims({ sid: 'unknown' }), typed))).status).toBe(200);
    // Its sid, but another person: not that session.
    expect((await post(await gateway.idp.sign(claims({ sid: ada.sid, sub: 'bob' }), typed))).status).toBe(200);
    expect(await alive(ada)).toBe(true);
  });

  it('O48 refuses what is not a logout token of this provider, with 400 and an OAuth error, and ends nothing', async () => {
    const ada = await signedIn('ada');
    const sub = { sub: 'ada' };
    const sign = (more: Record<string, unknown>, header: Record<string, unknown> = typed) =>
      gateway.idp.sign(claims({ ...sub, ...more }), header);
    const good = await sign({});
    const [head, body, signature] = good.split('.') as [string, string, string];
    const none = Buffer.from(JSON.stringify({ alg: 'none', ...typed })).toString('base64url');
    const secret = new TextEncoder().encode('upstream-client-secret-0123456789');
    const tokens = {
      'a bad signature': `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      'no signature': `${head}.${body}.`,
      'alg none': `${none}.${body}.`,
      'the client secret as key': await new SignJWT(claims(sub))
        .setProtectedHeader({ alg: 'HS256', ...typed })
        .sign(secret),
      'a key that is not known': await sign({}, { ...typed, kid: 'unknown' }),
      'another issuer': await sign({ iss: 'https://evil.example' }),
      'another audience': await sign({ aud: 'somebody' }),
      'no events': await sign({ events: undefined }),
      'a nonce': await sign({ nonce: 'n' }),
      'an old iat': await sign({ iat: Math.floor(Date.now() / 1000) - 3_600 }),
      'no exp': await sign({ exp: undefined }),
      'no typ': await sign({}, {}),
      'the ID token': await idTokenOf(ada),
      nothing: '',
    };
    for (const [what, token] of Object.entries(tokens)) {
      const answer = await post(token);
      expect([what, answer.status, answer.headers.get('cache-control')]).toEqual([what, 400, 'no-store']);
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    }
    const asJson = await fetch(`${gateway.publicUrl}/backchannel-logout/company`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ logout_token: good }),
    });
    expect(asJson.status).toBe(400);
    for (const provider of ['other', '__proto__', 'x%00'])
      expect([provider, (await post(good, provider)).status]).toEqual([provider, 400]);

    expect(await alive(ada)).toBe(true);
    expect((await post(good)).status).toBe(200); // All of that was wrong in one thing only.
    expect(await alive(ada)).toBe(false);
  });

  it('O48 takes a token once, even when it comes twice at the same time', async () => {
    const ada = await signedIn('ada');
    const token = await gateway.idp.sign(claims({ sid: ada.sid }), typed);

    const answers = await Promise.all([post(token), post(token), post(token)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect((await post(token)).status).toBe(400);
    expect(await gateway.count('gateway.logout_token', `jti ~ '^[0-9a-f]{8}-[0-9a-f]{4}-'`)).toBe(0); // Hashed.
  });

  it('says that it could not look, where the keys of the provider cannot be had, and ends nothing', async () => {
    const ada = await signedIn('ada');
    const cold = await gateway.replica();
    gateway.idp.intercept = (request, response) => {
      if (request.url !== '/jwks') return false;
      response.writeHead(500).end();
      return true;
    };
    const token = await gateway.idp.sign(claims({ sid: ada.sid }), typed);

    const answer = await post(token, 'company', cold);

    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await alive(ada)).toBe(true);
    gateway.idp.intercept = undefined;
    expect((await post(token, 'company', cold)).status).toBe(200); // It was not used up.
  });

  it('front-channel logout ends the session of exactly this browser, and may be framed', async () => {
    const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
    const address = (sid: string, iss = gateway.idp.issuer, provider = 'company') =>
      `${gateway.publicUrl}/frontchannel-logout/${provider}?${new URLSearchParams({ iss, sid }).toString()}`;
    for (const wrong of [
      address(bob.sid),
      address(ada.sid, 'https://evil.example'),
      address(ada.sid, undefined, 'other'),
      `${gateway.publicUrl}/frontchannel-logout/company`,
    ]) {
      expect((await ada.browser.get(wrong)).status).toBe(200);
    }
    await new HttpBrowser().get(address(ada.sid));
    expect(await alive(ada)).toBe(true);

    const page = await ada.browser.get(address(ada.sid));

    expect(await alive(ada)).toBe(false);
    expect(await alive(bob)).toBe(true);
    expect(ada.browser.cookie('gatehouse_session')).toBeUndefined();
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(page.headers.get('content-security-policy')).not.toContain('frame-ancestors');
    const other = await ada.browser.get(`${gateway.publicUrl}/logged-out`);
    expect(other.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('an order of an operator holds on every replica within two seconds, for who was signed in then', async () => {
    const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
    for (const session of [ada, bob]) expect(await knownAt(replica, session)).toBe(true);

    await order(`identity_id`, (await gateway.identityOf('ada'))!);
    const orderedAt = performance.now();

    await waitFor(async () => !(await knownAt(replica, ada)) && !(await knownAt(gateway.publicUrl, ada)), {
      what: 'both to know it',
    });
    expect(performance.now() - orderedAt).toBeLessThan(2_000);
    expect(await gateway.count('gateway.session', `id = '${ada.id}' and ended_reason = 'revoked'`)).toBe(1);
    expect(await knownAt(replica, bob)).toBe(true);
    const later = await signedIn('ada');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await alive(later)).toBe(true);
  });

  it('an order of an operator holds for a sign-in that waits for its account', async () => {
    const [erin, frank] = [await waitingFor('erin'), await waitingFor('frank')];
    await order('identity_id', (await gateway.identityOf('erin'))!);
    const over = `finished_at is not null and identity_id = '${await gateway.identityOf('erin')}'`;
    await waitFor(async () => (await gateway.count('gateway.login_transaction', over)) === 1, { what: 'a look' });
    await gateway.provision('erin');
    await gateway.provision('frank');

    expect((await erin.browser.get(erin.page.url)).status).toBe(400);
    expect(claimsOf(await frank.browser.get(frank.page.url))).toMatchObject({ preferred_username: 'frank' });
  });

  it('an order of a whole provider ends everybody, and is found although nobody was told', async () => {
    const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
    await gateway.dataSource.query(
      `insert into console.session_revocation (id, actor, reason, provider) values ($1, 'test', 'test', 'company')`,
      [randomUUID()],
    );
    await waitFor(async () => !(await alive(ada)) && !(await alive(bob)), { what: 'a look', timeoutMs: 2_000 });
  });

  async function switched(enabled: 'true' | 'false'): Promise<void> {
    await gateway.dataSource.query(
      `insert into console.config_version (document, actor)
       select jsonb_set(document, '{providers,company,enabled}', $1::jsonb), 'test' from console.config_version
       order by version desc limit 1`,
      [enabled],
    );
    await gateway.dataSource.query(`select pg_notify('gatehouse_config', '')`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  async function order(column: string, value: string): Promise<void> {
    await gateway.dataSource.query(
      `with ordered as (
         insert into console.session_revocation (id, actor, reason, ${column}) values ($1, 'test', 'test', $2) returning id
       ) select pg_notify('gatehouse_session_revocation', '') from ordered`,
      [randomUUID(), value],
    );
  }

  async function idTokenOf({ id }: SignedIn): Promise<string> {
    const [row] = await gateway.dataSource.query<{ id_token_sealed: string }[]>(
      'select id_token_sealed from gateway.session where id = $1',
      [id],
    );
    const token = gateway.encryption.open(row!.id_token_sealed, 'gateway.session/id-token');
    expect(decodeJwt(token).sub).toBe('ada');
    return token;
  }
});

describe('O48 a provider of the draft dialect', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ provider: { backchannelLogout: 'draft' }, providers: ['company'] });
    await gateway.firstSignIn('ada');
  });
  afterAll(() => gateway.stop());

  it('O48 may leave out exp and say JWT, for two minutes', async () => {
    const post = async (age: number) => {
      const iat = Math.floor(Date.now() / 1000) - age;
      const claims = { iss: gateway.idp.issuer, aud: 'gateway', iat, jti: randomUUID(), sub: 'ada' };
      const token = await gateway.idp.sign({ ...claims, events: { [logoutEvent]: {} } }, { typ: 'JWT' });
      const body = new URLSearchParams({ logout_token: token });
      return (await fetch(`${gateway.publicUrl}/backchannel-logout/company`, { method: 'POST', body })).status;
    };
    expect(await post(130)).toBe(400);
    expect(await gateway.count('gateway.session', 'ended_at is null')).toBe(1);
    expect(await post(60)).toBe(200);
    expect(await gateway.count('gateway.session', 'ended_at is null')).toBe(0);
  });
});

describe('a provider whose back-channel logout is off', () => {
  it('O48 ends nothing', async () => {
    const gateway = await GatewayFixture.start({ provider: { backchannelLogout: 'off' } });
    try {
      await gateway.firstSignIn('ada');
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: gateway.idp.issuer, aud: 'gateway', iat: now, exp: now + 60, jti: 'x', sub: 'ada' };
      const token = await gateway.idp.sign({ ...claims, events: { [logoutEvent]: {} } }, { typ: 'logout+jwt' });
      const body = new URLSearchParams({ logout_token: token });
      const answer = await fetch(`${gateway.publicUrl}/backchannel-logout/company`, { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(await gateway.count('gateway.session', 'ended_at is null')).toBe(1);
    } finally {
      await gateway.stop();
    }
  });
});
