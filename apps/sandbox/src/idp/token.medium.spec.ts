import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { client, partner, payloadOf, redirectUri, secret, TestIdp } from './idp.fixture.js';

const noSecret = { client_id: undefined, client_secret: undefined };
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
});

describe('the token endpoint', () => {
  let idp: TestIdp;

  beforeAll(async () => {
    idp = await TestIdp.start();
  });
  afterAll(() => idp.close());

  it('gives ID, access and refresh token for one hour, not to be cached', async () => {
    const { status, headers, body } = await idp.exchange(await idp.code('ada'));

    expect(status).toBe(200);
    expect(Object.keys(body as object).sort()).toEqual([
      'access_token',
      'expires_in',
      'id_token',
      'refresh_token',
      'token_type',
    ]);
    expect(body).toMatchObject({ expires_in: 3600, token_type: 'Bearer' });
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('gives no ID token without the scope openid', async () => {
    const { body } = await idp.exchange(await idp.code('ada', { scope: 'aws.cognito.signin.user.admin' }));
    expect(Object.keys(body as object)).not.toContain('id_token');
  });

  it.each([
    ['as they are', client.clientId, client.clientSecret],
    ['form-encoded, as RFC 6749 wants', 'test%2Dclient', 'test%2Dsecret%5Fwith%2Eodd%7Emarks'],
  ])('takes id and secret in Basic %s', async (_, id, password) => {
    const { status } = await idp.exchange(await idp.code('ada'), noSecret, basic(id, password));
    expect(status).toBe(200);
  });

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, {}],
    ['no secret', { client_secret: undefined }, {}],
    ['an unknown client', { client_id: 'nobody' }, {}],
    ['no client at all', noSecret, {}],
    ['a wrong secret in Basic', noSecret, basic(client.clientId, 'wrong')],
    ['Basic that is none', noSecret, { authorization: 'Basic ???' }],
    ['another scheme', noSecret, { authorization: 'Bearer x' }],
    [
      'another client in the body than in Basic',
      { ...noSecret, client_id: partner.clientId },
      basic(client.clientId, client.clientSecret),
    ],
  ])('refuses %s with invalid_client, and does not spend the code', async (_, form, headers) => {
    const code = await idp.code('ada');

    expect(await idp.exchange(code, form, headers)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expect((await idp.exchange(code)).status).toBe(200);
  });

  it('refuses a client that proves itself twice', async () => {
    const twice = await idp.exchange(await idp.code('ada'), {}, basic(client.clientId, client.clientSecret));
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it.each([
    ['no grant_type', { grant_type: undefined }, 'invalid_request'],
    ['an unknown grant_type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['client credentials, which the client may not use', { grant_type: 'client_credentials' }, 'unauthorized_client'],
    ['no code', { code: undefined }, 'invalid_request'],
    ['an invented code', { code: 'invented' }, 'invalid_grant'],
    ['no redirect_uri', { redirect_uri: undefined }, 'invalid_request'],
    ['an unregistered redirect_uri', { redirect_uri: `${redirectUri}/` }, 'unauthorized_client'],
    ['no verifier', { code_verifier: undefined }, 'invalid_request'],
    ['another verifier', { code_verifier: randomBytes(32).toString('base64url') }, 'invalid_grant'],
    [
      'the code of another client',
      { client_id: partner.clientId, client_secret: partner.clientSecret, redirect_uri: redirectUri },
      'invalid_grant',
    ],
  ])('refuses %s', async (_, form: Record<string, string | undefined>, error) => {
    expect(await idp.exchange(await idp.code('ada'), form)).toMatchObject({ status: 400, body: { error } });
  });

  it('refuses a verifier when the challenge was removed on the way', async () => {
    const code = await idp.code('ada', { code_challenge: undefined, code_challenge_method: undefined });
    expect(await idp.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('works without PKCE for a client that uses none', async () => {
    const code = await idp.code('ada', { code_challenge: undefined, code_challenge_method: undefined });
    expect((await idp.exchange(code, { code_verifier: undefined })).status).toBe(200);
  });

  it('takes a code once', async () => {
    const code = await idp.code('ada');
    expect((await idp.exchange(code)).status).toBe(200);
    expect(await idp.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('spends a code on a failed attempt too', async () => {
    const code = await idp.code('ada');
    await idp.exchange(code, { code_verifier: randomBytes(32).toString('base64url') });
    expect(await idp.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('takes a code for five minutes', async () => {
    const [early, late] = [await idp.code('ada'), await idp.code('ada')];
    idp.passes(5 * 60_000 - 1);
    expect((await idp.exchange(early)).status).toBe(200);
    idp.passes(1);
    expect(await idp.exchange(late)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('refuses JSON and a repeated field', async () => {
    const url = new URL('/oauth2/token', idp.domain);
    const json = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'authorization_code', ...secret }),
    });
    const twice = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams([['grant_type', 'refresh_token'], ['grant_type', 'x'], ...Object.entries(secret)]),
    });

    for (const response of [json, twice]) {
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: 'invalid_request' });
    }
  });

  it('is not found by GET', async () => {
    expect((await fetch(new URL('/oauth2/token', idp.domain))).status).toBe(404);
  });

  it('refuses a person who was disabled after the code was given', async () => {
    const code = await idp.code('grace');
    await idp.control('PUT', '/people/grace', { disabled: true });
    expect(await idp.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await idp.control('PUT', '/people/grace', { disabled: false });
  });

  describe('refresh and revocation', () => {
    const refresh = (token: string | undefined, form: Record<string, string | undefined> = {}) =>
      idp.post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token, ...secret, ...form });

    it('keeps sub, aud and auth_time, and gives no new refresh token and no nonce', async () => {
      const first = await idp.tokens('ada');
      idp.passes(10 * 60_000);
      const { status, body } = await refresh(first['refresh_token']);

      expect(status).toBe(200);
      const second = body as Record<string, string>;
      expect(Object.keys(second)).not.toContain('refresh_token');
      const [before, after] = [payloadOf(first['id_token']), payloadOf(second['id_token'])];
      for (const claim of ['sub', 'aud', 'auth_time', 'origin_jti']) expect(after[claim]).toBe(before[claim]);
      expect(after['iat']).toBe(Number(before['iat']) + 600);
      expect(after).not.toHaveProperty('nonce');
    });

    it('refuses a missing, an invented and a foreign refresh token, and one that is 30 days old', async () => {
      const token = (await idp.tokens('ada'))['refresh_token'];
      expect(await refresh(undefined)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(await refresh('invented')).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      const foreign = { client_id: partner.clientId, client_secret: partner.clientSecret };
      expect(await refresh(token, foreign)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      idp.passes(30 * 24 * 60 * 60_000);
      expect(await refresh(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    });

    it('ends the refresh token and its access tokens, and no others', async () => {
      const [ended, other] = [await idp.tokens('ada'), await idp.tokens('ada')];

      expect((await idp.post('/oauth2/revoke', { token: ended['refresh_token'], ...secret })).status).toBe(200);

      expect(await refresh(ended['refresh_token'])).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect((await idp.userInfo(ended['access_token'])).status).toBe(401);
      expect((await idp.userInfo(other['access_token'])).status).toBe(200);
    });

    it('answers an unknown token kindly, and refuses an access token, no token and a wrong secret', async () => {
      const { access_token: accessToken, refresh_token: token } = await idp.tokens('ada');
      const revoke = (form: Record<string, string | undefined>) => idp.post('/oauth2/revoke', { ...secret, ...form });

      expect((await revoke({ token: 'unknown' })).status).toBe(200);
      expect(await revoke({ token: accessToken })).toMatchObject({
        status: 400,
        body: { error: 'unsupported_token_type' },
      });
      expect(await revoke({})).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(await revoke({ token, client_secret: 'wrong' })).toMatchObject({
        status: 400,
        body: { error: 'invalid_client' },
      });
      expect((await refresh(token)).status).toBe(200);
    });
  });
});
