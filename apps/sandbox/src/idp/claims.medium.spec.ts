import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accessTokenHash } from './claims.js';
import { client, locationOf, payloadOf, TestIdp, Visitor } from './idp.fixture.js';

describe('what the tokens and userInfo say', () => {
  let idp: TestIdp;

  beforeAll(async () => {
    idp = await TestIdp.start();
  });
  afterEach(() => idp.control('POST', '/reset'));
  afterAll(() => idp.close());

  it('an ID token has the claims and types of Cognito', async () => {
    const { id_token: idToken, access_token: accessToken } = await idp.tokens('ada');
    const claims = payloadOf(idToken);

    expect(claims).toEqual({
      iss: idp.issuer,
      sub: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      aud: client.clientId,
      token_use: 'id',
      'cognito:username': 'ada',
      'cognito:groups': ['dev', 'ops'],
      email: 'ada@example.com',
      email_verified: true,
      given_name: 'Ada',
      family_name: 'Lovelace',
      name: 'Ada Lovelace',
      preferred_username: 'ada',
      'custom:department': 'Sandbox',
      'custom:employee_number': '0001815',
      nonce: 'opaque-nonce',
      auth_time: expect.any(Number),
      iat: expect.any(Number),
      exp: Number(claims['iat']) + 3600,
      jti: expect.any(String),
      origin_jti: expect.any(String),
      event_id: expect.any(String),
      at_hash: accessTokenHash(accessToken!),
    });
    expect(claims['auth_time']).toBeLessThanOrEqual(Number(claims['iat']));
    const header = JSON.parse(Buffer.from(idToken!.split('.')[0]!, 'base64url').toString()) as object;
    expect(header).toEqual({ kid: expect.any(String), alg: 'RS256' });
  });

  it('calculates at_hash as the example of OpenID Connect Core A.3 does', () => {
    expect(accessTokenHash('jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y')).toBe('77QmUPtjPfzWtF2AnpK9RQ');
  });

  it('an access token names the client in client_id and has no aud', async () => {
    const { id_token: idToken, access_token: accessToken } = await idp.tokens('ada');
    const claims = payloadOf(accessToken);

    expect(claims).toMatchObject({
      token_use: 'access',
      client_id: client.clientId,
      scope: 'openid email profile',
      username: 'ada',
      'cognito:groups': ['dev', 'ops'],
    });
    expect(claims['sub']).toBe(payloadOf(idToken)['sub']);
    for (const absent of ['aud', 'email', 'nonce']) expect(claims).not.toHaveProperty(absent);
  });

  it('keeps the time of the sign-in when a session is used again', async () => {
    const visitor = new Visitor();
    await visitor.signIn(idp.authorizeUrl(), 'ada');
    idp.passes(20 * 60_000);
    const code = locationOf(await visitor.visit(idp.authorizeUrl())).searchParams.get('code')!;
    const claims = payloadOf(((await idp.exchange(code)).body as Record<string, string>)['id_token']);

    expect(Number(claims['iat']) - Number(claims['auth_time'])).toBe(20 * 60);
  });

  it('leaves the groups claim out for a person without groups', async () => {
    const { id_token: idToken, access_token: accessToken } = await idp.tokens('linus');
    expect(payloadOf(idToken)).not.toHaveProperty('cognito:groups');
    expect(payloadOf(accessToken)).not.toHaveProperty('cognito:groups');
  });

  it('names another place instead of more groups than the client is sent', async () => {
    const other = await TestIdp.start([{ ...client, overageAbove: 99 }]);
    const { id_token: idToken, access_token: accessToken } = await other.tokens('gina');
    for (const claims of [payloadOf(idToken), payloadOf(accessToken)]) {
      expect(claims).not.toHaveProperty('cognito:groups');
      expect(claims).toMatchObject({
        _claim_names: { 'cognito:groups': 'src1' },
        _claim_sources: { src1: { endpoint: expect.stringContaining('.invalid/') } },
      });
    }
    expect(payloadOf((await other.tokens('ada'))['id_token'])['cognito:groups']).toEqual(['dev', 'ops']);
    await other.close();
  });

  it('sends no nonce when none was asked for', async () => {
    expect(payloadOf((await idp.tokens('ada', { nonce: undefined }))['id_token'])).not.toHaveProperty('nonce');
  });

  it.each([
    ['dave', { email: 'dave@example.com', email_verified: false }],
    ['eve', { email: 'eve@other.example', email_verified: true }],
    ['zoe', { name: 'Zoë Nuñez-Øster', 'cognito:groups': ['équipe-données'] }],
    ['admin', { 'cognito:username': 'admin', email_verified: true }],
    ['load-9999', { email: 'load-9999@example.com', 'cognito:groups': ['dev'] }],
  ])('knows %s', async (username, expected) => {
    expect(payloadOf((await idp.tokens(username))['id_token'])).toMatchObject(expected);
  });

  it.each([
    ['openid', ['email', 'email_verified', 'given_name', 'name', 'custom:department']],
    ['openid email', ['email', 'email_verified']],
    ['openid profile', ['given_name', 'family_name', 'name', 'preferred_username', 'custom:department']],
  ])('lets "%s" out what belongs to it, in the ID token and in userInfo', async (scope, expected) => {
    const { id_token: idToken, access_token: accessToken } = await idp.tokens('grace', { scope });
    const all = [
      'email',
      'email_verified',
      'given_name',
      'family_name',
      'name',
      'preferred_username',
      'custom:department',
    ];
    const told = [payloadOf(idToken), (await idp.userInfo(accessToken)).body];

    for (const claims of told) {
      for (const name of expected) expect(claims).toHaveProperty([name]);
      if (scope !== 'openid')
        for (const name of all.filter((claim) => !expected.includes(claim))) expect(claims).not.toHaveProperty([name]);
    }
  });

  describe('userInfo', () => {
    it('has strings for booleans and no groups', async () => {
      const { body } = await idp.userInfo((await idp.tokens('dave'))['access_token']);

      expect(body).toMatchObject({
        username: 'dave',
        email: 'dave@example.com',
        email_verified: 'false',
        given_name: 'Dave',
      });
      expect(Object.keys(body).filter((name) => name.startsWith('cognito:'))).toEqual([]);
    });

    it('answers 400 without a token', async () => {
      const { status, headers } = await idp.userInfo(undefined);
      expect(status).toBe(400);
      expect(headers.get('www-authenticate')).toContain('error="invalid_request"');
    });

    it.each<[string, () => Promise<string>]>([
      ['an ID token', async () => (await idp.tokens('ada'))['id_token']!],
      [
        'a token without the scope openid',
        async () => (await idp.tokens('ada', { scope: 'aws.cognito.signin.user.admin' }))['access_token']!,
      ],
      ['a changed token', async () => (await idp.tokens('ada'))['access_token']!.replace(/.{20}$/, 'A'.repeat(20))],
      ['no token but words', async () => 'words'],
      [
        'an expired token',
        async () => {
          const token = (await idp.tokens('ada'))['access_token']!;
          idp.passes(3_600_000);
          return token;
        },
      ],
      [
        'the token of another provider',
        async () => {
          const other = await TestIdp.start();
          const token = (await other.tokens('ada'))['access_token']!;
          await other.close();
          return token;
        },
      ],
      [
        'the token of a person disabled since',
        async () => {
          const token = (await idp.tokens('ada'))['access_token']!;
          await idp.control('PUT', '/people/ada', { disabled: true });
          return token;
        },
      ],
    ])('refuses %s with 401', async (_, token) => {
      const { status, headers, body } = await idp.userInfo(await token());
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(body).toEqual({ error: 'invalid_token' });
    });
  });
});
