import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { payloadOf, TestIdp, Visitor } from './idp.fixture.js';

describe('the control API and the two sites', () => {
  let idp: TestIdp;

  beforeAll(async () => {
    idp = await TestIdp.start();
  });
  afterEach(() => idp.control('POST', '/reset'));
  afterAll(() => idp.close());

  const jwksUrl = () => new URL(`${idp.issuer}/.well-known/jwks.json`);

  it('changes the groups of a person from the next token on, and forgets it at a reset', async () => {
    await idp.control('PUT', '/people/gina', { groups: ['dev'] });
    expect(payloadOf((await idp.tokens('gina'))['id_token'])['cognito:groups']).toEqual(['dev']);

    await idp.control('PUT', '/people/gina', { groups: null });
    expect(payloadOf((await idp.tokens('gina'))['id_token'])).not.toHaveProperty('cognito:groups');

    await idp.control('POST', '/reset');
    expect(payloadOf((await idp.tokens('gina'))['id_token'])['cognito:groups']).toHaveLength(100);
  });

  it('writes claims over the ID token, protocol claims in it alone, and lets userInfo contradict it', async () => {
    const change = {
      claims: { email: 'else@example.com', aud: 'somebody-else', 'cognito:groups': 'dev,ops' },
      omit: ['name'],
      userInfo: { sub: 'another' },
    };
    await idp.control('PUT', '/people/ada', change);
    const { id_token: idToken, access_token: accessToken } = await idp.tokens('ada');
    const { body } = await idp.userInfo(accessToken);

    expect(payloadOf(idToken)).toMatchObject(change.claims);
    expect(payloadOf(idToken)).not.toHaveProperty('name');
    expect(body).toMatchObject({ email: 'else@example.com', sub: 'another' });
    for (const absent of ['aud', 'cognito:groups', 'name']) expect(body).not.toHaveProperty([absent]);
  });

  it('changes a password, and makes a person nobody has heard of', async () => {
    await idp.control('PUT', '/people/newcomer', { password: 'secret', groups: ['support'] });
    const callback = await new Visitor().signIn(idp.authorizeUrl(), 'newcomer', 'secret');
    expect(callback.searchParams.has('code')).toBe(true);
  });

  it('refuses a change it does not understand', async () => {
    expect((await idp.control('PUT', '/people/ada', { group: ['dev'] })).status).toBe(400);
    expect((await idp.control('POST', '/faults', [{ kind: 'odd' }])).status).toBe(400);
  });

  it('publishes an RS256 key for each token, without its private part', async () => {
    const { id_token: idToken, access_token: accessToken } = await idp.tokens('ada');
    const { keys } = (await (await fetch(jwksUrl())).json()) as { keys: Record<string, string>[] };

    expect(keys).toHaveLength(2);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    for (const token of [idToken, accessToken])
      await jwtVerify(token!, createRemoteJWKSet(jwksUrl()), { issuer: idp.issuer });
  });

  it('rotates the keys, with or without an overlap; own access tokens stay good', async () => {
    const before = await idp.tokens('ada');
    await idp.control('POST', '/rotate-keys', { keepOld: true });
    await jwtVerify(before['id_token']!, createRemoteJWKSet(jwksUrl()));
    const after = await idp.tokens('ada');
    await jwtVerify(after['id_token']!, createRemoteJWKSet(jwksUrl()));

    await idp.control('POST', '/rotate-keys');
    await expect(jwtVerify(after['id_token']!, createRemoteJWKSet(jwksUrl()))).rejects.toThrow(/no applicable key/);
    expect((await idp.userInfo(before['access_token'])).status).toBe(200);
  });

  it.each([
    [{ kind: 'status', status: 503 }, { status: 503 }],
    [
      { kind: 'ratelimit', retryAfterSeconds: 7 },
      { status: 429, 'retry-after': '7' },
    ],
    [{ kind: 'html' }, { status: 200, 'content-type': 'text/html' }],
    [
      { kind: 'status', status: 307, location: 'http://evil.example/' },
      { status: 307, location: 'http://evil.example/' },
    ],
    [
      { kind: 'status', status: 200, body: '{"keys":[]}' },
      { status: 200, 'content-type': 'application/json;charset=UTF-8' },
    ],
    [{ kind: 'slow', delayMs: 1 }, { status: 200 }],
  ])('misbehaves as told and as often as told: %j', async (fault, { status, ...headers }) => {
    await idp.control('POST', '/faults', [{ match: { endpoint: 'jwks' }, times: 1, ...fault }]);

    const response = await fetch(jwksUrl(), { redirect: 'manual' });

    expect(response.status).toBe(status);
    for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toContain(value);
    expect((await fetch(jwksUrl())).status).toBe(200);
  });

  it.each(['reset', 'down'])('breaks the connection: %s', async (kind) => {
    await idp.control('POST', '/faults', { match: { endpoint: 'jwks' }, kind });
    await expect(fetch(jwksUrl())).rejects.toThrow();
    expect((await fetch(`${idp.issuer}/.well-known/openid-configuration`)).status).toBe(200);
  });

  it('can send far more than anybody should read', async () => {
    await idp.control('POST', '/faults', {
      match: { endpoint: 'jwks' },
      kind: 'status',
      status: 200,
      padBytes: 3_000_000,
    });
    expect((await (await fetch(jwksUrl())).arrayBuffer()).byteLength).toBeGreaterThan(3_000_000);
  });

  it('closes at once although a slow answer is due', async () => {
    const other = await TestIdp.start();
    await other.control('POST', '/faults', { kind: 'slow', delayMs: 60_000 });
    const cut = expect(fetch(`${other.issuer}/.well-known/jwks.json`)).rejects.toThrow();
    let calls = 0;
    for (let asked = 0; calls === 0 && asked < 1_000; asked += 1) {
      const state = (await (await other.control('GET', '/state')).json()) as { calls: { jwks: number } };
      calls = state.calls.jwks;
    }
    expect(calls).toBe(1);
    await other.close();
    await cut;
  });

  it('counts the calls of each endpoint', async () => {
    await idp.userInfo((await idp.tokens('ada'))['access_token']);
    const { calls } = (await (await idp.control('GET', '/state')).json()) as { calls: object };
    expect(calls).toEqual({
      discovery: 0,
      jwks: 0,
      authorize: 1,
      login: 2,
      token: 1,
      userinfo: 1,
      revoke: 0,
      logout: 0,
    });
  });

  it('serves discovery at the issuer only, and the endpoints at the hosted domain only', async () => {
    const wrong = [
      `${idp.domain}/local_Sandbox/.well-known/openid-configuration`,
      `${idp.domain}/.well-known/openid-configuration`,
      new URL('/oauth2/authorize', idp.issuer),
      `${idp.issuer}/oauth2/authorize`,
    ];
    for (const url of wrong) expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${idp.issuer}/.well-known/openid-configuration`)).status).toBe(200);
  });

  it('answers nobody who calls it by another name', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: idp.port, path: '/__test/state', headers: { host: 'evil.example' } };
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});
