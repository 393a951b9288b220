import { createHash } from 'node:crypto';
import { get } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { Notifications } from '@gatehouse/database';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';

describe('the OpenID Provider for Jira', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
  });
  afterEach(() => {
    gateway.jira.exchanging = true;
    gateway.jira.extra = {};
  });
  afterAll(() => gateway.stop());

  async function newCode(browser = new HttpBrowser()): Promise<string> {
    gateway.idp.person = 'ada';
    gateway.jira.exchanging = false;
    await gateway.signIn(browser);
    return gateway.jira.codes.at(-1)!;
  }

  it('O42 serves byte-identical discovery whatever Host and X-Forwarded headers say', async () => {
    const path = '/_sso/oidc/.well-known/openid-configuration';
    const honest = await answerTo(path, {});
    const forged = await answerTo(path, {
      host: 'evil.example:8443',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '1',
      forwarded: 'host=evil.example;proto=https',
    });

    expect(forged).toBe(honest);
    expect(JSON.parse(honest)).toMatchObject({
      issuer: `${gateway.publicUrl}/oidc`,
      authorization_endpoint: `${gateway.publicUrl}/oidc/auth`,
      end_session_endpoint: `${gateway.publicUrl}/oidc/session/end`,
      token_endpoint: `${gateway.publicUrl}/oidc/token`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
    expect(honest).not.toMatch(/revocation|introspection|registration_endpoint|device_|pushed_/);
  });

  it('O42 sends the browser to our own address whatever Host says', async () => {
    const query = new URLSearchParams({
      client_id: 'jira',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${gateway.jira.origin}/plugins/servlet/oidc/callback`,
    });
    const location = await new Promise<string | undefined>((resolve, reject) => {
      const options = {
        port: gateway.port,
        path: `/_sso/oidc/auth?${query.toString()}`,
        // With a session's cookie the way leads by our sign-in page, and without one straight to the provider.
        headers: { host: 'evil.example', cookie: `gatehouse_session=${'x'.repeat(43)}` },
      };
      get(options, (response) => {
        response.resume();
        resolve(response.headers.location);
      }).on('error', reject);
    });

    expect(location).toMatch(new RegExp(`^${gateway.publicUrl}/login/`));
  });

  it('works with an ordinary OpenID Connect client: verified signature, PKCE, userinfo', async () => {
    const configuration = await oidc.discovery(
      new URL(`${gateway.publicUrl}/oidc`),
      'jira',
      undefined,
      oidc.ClientSecretPost(gateway.jira.op.secret),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the gateway under test speaks http
      { execute: [oidc.allowInsecureRequests] },
    );
    oidc.enableNonRepudiationChecks(configuration);
    const verifier = oidc.randomPKCECodeVerifier();
    gateway.jira.extra = {
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const code = await newCode();

    const callback = new URL(`${gateway.jira.origin}/plugins/servlet/oidc/callback`);
    callback.search = new URLSearchParams({ code, state: 'jira-state', iss: `${gateway.publicUrl}/oidc` }).toString();
    const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
      expectedState: 'jira-state',
      expectedNonce: 'jira-nonce',
      pkceCodeVerifier: verifier,
    });
    const { sub } = tokens.claims()!;
    expect(tokens.claims()).toMatchObject({ preferred_username: 'ada', email: 'ada@example.com', name: 'ada Example' });
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, sub)).toMatchObject({
      preferred_username: 'ada',
    });
    expect(tokens.refresh_token).toBeUndefined();
  });

  it.each([{ basic: true }, { basic: false }])(
    'accepts the client secret in header and body (basic: $basic)',
    async (how) => {
      expect(await gateway.jira.exchange(await newCode(), how)).toMatchObject({ status: 200 });
    },
  );

  it('refuses a wrong client secret, and gives one sign of it, so that Jira is told the right one', async () => {
    const code = await newCode();
    const signs: string[] = [];
    const notifications = new Notifications(gateway.database.url);
    await notifications.start();
    await notifications.on('gatehouse_registration', (sign) => signs.push(sign));
    try {
      for (let time = 0; time < 3; time += 1)
        expect(await gateway.jira.exchange(code, { secret: 'x'.repeat(43) })).toMatchObject({ status: 401 });
      await waitFor(() => signs.length > 0, { what: 'the sign' });
      expect(signs).toEqual(['secret-refused']);
    } finally {
      await notifications.close();
    }
  });

  it('O74 verifies PKCE when it is sent and takes nothing but S256', async () => {
    const verifier = oidc.randomPKCECodeVerifier();
    gateway.jira.extra = {
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    expect(await gateway.jira.exchange(await newCode())).toMatchObject({ status: 400 });
    const other = oidc.randomPKCECodeVerifier();
    expect(await gateway.jira.exchange(await newCode(), { verifier: other })).toMatchObject({ status: 400 });
    expect(await gateway.jira.exchange(await newCode(), { verifier })).toMatchObject({ status: 200 });

    gateway.jira.extra = { code_challenge: verifier, code_challenge_method: 'plain' };
    expect((await gateway.signIn()).url.searchParams.get('error')).toBe('invalid_request');
  });

  it('O74 accepts a code once, even from two exchanges at the same time, and revokes what it gave', async () => {
    const code = await newCode();

    const answers = await Promise.all([gateway.jira.exchange(code), gateway.jira.exchange(code)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const accessToken = answers.find(({ status }) => status === 200)!.body['access_token'] as string;
    await gateway.jira.exchange(code);
    const userinfo = await fetch(`${gateway.jira.op.issuer}/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(userinfo.status).toBe(401);
  });

  it('O74 redirects to the registered address only', async () => {
    gateway.jira.extra = { redirect_uri: `${gateway.jira.origin}/plugins/servlet/oidc/callback/../evil` };
    const page = await gateway.signIn();

    expect(page.url.origin).toBe(new URL(gateway.publicUrl).origin);
    expect(page.status).toBe(400);
    expect(plain(page.body)).toMatch(/This sign-in request is not valid.*Reference: [0-9a-f]{32}/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('issues nothing for a code once the session behind it has ended', async () => {
    const browser = new HttpBrowser();
    const code = await newCode(browser);
    await signOut(browser);

    expect(await gateway.jira.exchange(code)).toEqual({
      status: 400,
      body: expect.objectContaining({ error: 'invalid_grant' }),
    });
  });

  it('issues nothing when the session was ended behind our back, without its artefacts', async () => {
    const code = await newCode();
    await gateway.dataSource.query('update gateway.session set ended_at = now() where id = $1', [
      await gateway.sessionId(),
    ]);

    expect(await gateway.jira.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('issues nothing for an account that is no longer usable', async () => {
    const code = await newCode();
    const accountId = await gateway.link((await gateway.identityOf('ada'))!, 'ada');
    await gateway.jiraAccount(accountId, { username: 'ada', active: false });

    expect(await gateway.jira.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await gateway.jiraAccount(accountId, { username: 'ada' });
  });

  it('asks the identity provider again once our session has ended, although the OP still has its own', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    const id = await gateway.sessionId();
    await gateway.dataSource.query('update gateway.session set ended_at = now() where id = $1', [id]);
    await gateway.dataSource.query(`select pg_notify('gatehouse_session', $1)`, [id]);

    await waitFor(
      async () => {
        gateway.idp.requests.length = 0;
        await gateway.signIn(browser);
        return gateway.idp.requests.includes('/token');
      },
      { what: 'the identity provider to be asked again' },
    );
  });

  it('ends a session that was idle for too long', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    await gateway.signIn(browser);
    const id = await gateway.sessionId();
    await gateway.dataSource.query(
      `update gateway.session set last_seen_at = now() - interval '9 hours' where id = $1`,
      [id],
    );
    await gateway.dataSource.query(`select pg_notify('gatehouse_session', $1)`, [id]);

    await waitFor(
      async () => {
        gateway.idp.requests.length = 0;
        await gateway.signIn(browser);
        return gateway.idp.requests.includes('/token');
      },
      { what: 'the identity provider to be asked again' },
    );
  });

  it('answers login_required to prompt=none instead of a page when nobody is signed in', async () => {
    gateway.jira.extra = { prompt: 'none' };
    expect((await gateway.signIn()).url.searchParams.get('error')).toBe('login_required');
  });

  it('keeps nothing in the database that could be presented', async () => {
    const browser = new HttpBrowser();
    const code = await newCode(browser);

    const rows = await gateway.dataSource.query<object[]>('select * from gateway.op_model');
    const sessions = await gateway.dataSource.query<object[]>('select * from gateway.session');
    const keys = await gateway.dataSource.query<object[]>('select * from gateway.op_key');
    const stored = JSON.stringify([rows, sessions, keys]);

    expect(rows.length).toBeGreaterThan(0);
    for (const secret of [
      code,
      browser.cookie('gatehouse_session')!,
      browser.cookie('gatehouse_op_session')!,
      gateway.jira.op.secret,
    ]) {
      expect(stored).not.toContain(secret);
    }
    expect(stored).toContain(createHash('sha256').update(code).digest('base64url'));
    expect(stored).not.toContain('"d":');
  });

  it('publishes only the public half of its key', async () => {
    const response = await fetch(`${gateway.jira.op.issuer}/jwks`);
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };

    expect(keys).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })]);
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(keys[0]).not.toHaveProperty(member);
  });

  it('E08 an expired sign-in ends on one page that leads back to Jira', async () => {
    const page = await new HttpBrowser().get(`${gateway.publicUrl}/login/does-not-exist`);
    expect(page.status).toBe(400);
    expect(page.body).toContain(`href="${gateway.jira.origin}"`);
    const resumed = await new HttpBrowser().get(`${gateway.publicUrl}/oidc/auth/does-not-exist`);
    expect(resumed.status).toBe(400);
    expect(plain(resumed.body)).toContain('cannot be continued');
  });

  async function signOut(browser: HttpBrowser): Promise<void> {
    const out = await browser.submit(await browser.get(`${gateway.publicUrl}/logout`), {});
    expect(out.url.pathname).toBe('/_sso/logged-out');
  }

  function answerTo(path: string, headers: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ port: gateway.port, path, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve(body));
      }).on('error', reject);
    });
  }
});
