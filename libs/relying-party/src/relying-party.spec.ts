import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { idTokenProblem } from './check-id-token.js';
import { classifyAnswerError } from './classify-answer-error.js';
import { claimsProblem } from './claims-problem.js';
import { JwksCache } from './jwks-cache.js';
import type { KeySet } from './jwks-cache.js';
import { ProviderUnreachableError } from './provider.client.js';
import type { ProviderAnswer } from './provider.client.js';
import { deriveFrom, hashSecret, newLoginSecret } from './login-secret.js';
import { mergeClaims } from './merge-claims.js';

describe('the secret of a sign-in', () => {
  it('gives a nonce that does not tell the verifier, the same every time', () => {
    const secret = newLoginSecret();
    const { nonce, codeVerifier } = deriveFrom(secret);
    expect(nonce).not.toBe(codeVerifier);
    expect(codeVerifier).toMatch(/^[\w-]{43}$/);
    expect(deriveFrom(secret)).toEqual({ nonce, codeVerifier });
    expect(deriveFrom(newLoginSecret()).codeVerifier).not.toBe(codeVerifier);
    expect(hashSecret(secret)).not.toContain(secret);
  });
});

describe('claims', () => {
  it('O54 come from the signed source wherever both speak', () => {
    const { claims } = mergeClaims(
      { sub: 'a', email_verified: true },
      { sub: 'a', email_verified: 'true', name: 'Ada' },
    );
    expect(claims).toEqual({ sub: 'a', email_verified: true, name: 'Ada' });
  });

  it('are equal for equal people: what differs at every login is left out', () => {
    const at = (iat: number) => ({
      sub: 'a',
      iat,
      exp: iat + 1,
      nonce: `n${iat}`,
      jti: `j${iat}`,
      event_id: `e${iat}`,
    });
    expect(mergeClaims(at(1), undefined)).toEqual(mergeClaims(at(2), undefined));
  });

  it('O22 named like parts of JavaScript change nothing', () => {
    const { claims } = mergeClaims(
      JSON.parse('{"sub":"a","__proto__":{"admin":true},"constructor":"x"}') as object as never,
      {},
    );
    expect(claims['admin']).toBeUndefined();
    expect(Object.keys(claims)).toEqual(['sub', 'constructor']);
  });

  it.each([
    { claims: { groups: ['dev', 'ops'] }, problem: undefined },
    { claims: { name: 'Zoë 👩‍💻 \\u0000' }, problem: undefined },
    { claims: { name: 'a\0b' }, problem: 'not storable' },
    { claims: { name: '\ud800' }, problem: 'not storable' },
    { claims: { 'a\0': 1 }, problem: 'not storable' },
    { claims: { groups: ['x'.repeat(262_144)] }, problem: 'too large' },
  ])('O67 are kept whole or not at all ($problem)', ({ claims, problem }) => {
    expect(claimsProblem(claims)).toBe(problem);
  });
});

describe('an ID token', () => {
  const nowSeconds = 1_800_000_000;
  const context = { accessToken: 'access', alg: 'RS256', clientId: 'us', nowSeconds, toleranceSeconds: 60 };
  const claims = { sub: 'ada', iat: nowSeconds };
  const half = (bits: string) => {
    const digest = createHash(`sha${bits}`).update('access').digest();
    return digest.subarray(0, digest.length / 2).toString('base64url');
  };

  it.each([
    { what: 'plain', change: {}, fine: true },
    { what: 'O12 token_use id', change: { token_use: 'id' }, fine: true },
    { what: 'O12 token_use access', change: { token_use: 'access' }, fine: false },
    { what: 'O18 30 s ahead', change: { iat: nowSeconds + 30 }, fine: true },
    { what: 'O18 hours ahead', change: { iat: nowSeconds + 7_200 }, fine: false },
    { what: 'O18 days old', change: { iat: nowSeconds - 172_800 }, fine: false },
    { what: 'O15 azp us', change: { azp: 'us' }, fine: true },
    { what: 'O15 azp another', change: { azp: 'them' }, fine: false },
    { what: 'O17 nbf within the tolerance', change: { nbf: nowSeconds + 60 }, fine: true },
    { what: 'O17 nbf beyond the tolerance', change: { nbf: nowSeconds + 61 }, fine: false },
    { what: 'O18 a second more than is tolerated', change: { iat: nowSeconds + 61 }, fine: false },
    { what: 'O19 empty sub', change: { sub: '' }, fine: false },
    { what: 'O19 sub of 256', change: { sub: 'a'.repeat(256) }, fine: false },
    { what: 'O21 right at_hash', change: { at_hash: half('256') }, fine: true },
    { what: 'O21 wrong at_hash', change: { at_hash: half('512') }, fine: false },
    { what: 'O21 at_hash of another type', change: { at_hash: 7 }, fine: false },
  ])('$what', ({ change, fine }) => {
    expect(idTokenProblem({ ...claims, ...change }, context) === undefined).toBe(fine);
  });
});

describe('an error of the answer', () => {
  const error = (members: object, cause?: unknown) => Object.assign(new Error('x', { cause }), members);

  it.each([
    { what: 'a time-out', error: error({ code: 'OAUTH_TIMEOUT' }), code: 'login.provider_unavailable' },
    {
      what: 'no answer',
      error: error({ code: 'x' }, new ProviderUnreachableError(error({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }))),
      code: 'login.provider_unavailable',
    },
    { what: 'HTML', error: error({ code: 'OAUTH_RESPONSE_IS_NOT_JSON' }), code: 'login.provider_unavailable' },
    {
      what: 'our own wrong secret',
      error: error({ code: 'OAUTH_RESPONSE_BODY_ERROR', error: 'invalid_client' }),
      code: 'login.client_refused',
    },
    {
      what: 'a code that is not accepted',
      error: error({ code: 'OAUTH_RESPONSE_BODY_ERROR', error: 'invalid_grant' }),
      code: 'login.answer_invalid',
    },
    {
      what: 'a cancelled sign-in',
      error: error({ code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', error: 'access_denied' }),
      code: 'login.provider_refused',
    },
    { what: 'a wrong signature', error: error({ code: 'OAUTH_INVALID_RESPONSE' }), code: 'login.answer_invalid' },
    { what: 'something unknown', error: 'x', code: 'login.answer_invalid' },
  ])('$what is $code', ({ error: thrown, code }) => {
    expect(classifyAnswerError(thrown).code).toBe(code);
  });

  it('O38 is logged without what the provider wrote', () => {
    const { reason } = classifyAnswerError(
      error({
        code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
        error: 'a text of <b>theirs</b>',
        error_description: 'secret',
      }),
    );
    expect(reason).toBe('OAUTH_AUTHORIZATION_RESPONSE_ERROR');
  });
});

describe('the keys of a provider', () => {
  const answer = (text: string, status = 200): ProviderAnswer => ({
    status,
    contentType: 'application/json',
    challenge: undefined,
    date: undefined,
    text,
  });
  const { n, e } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const keySet = (...kids: string[]) =>
    answer(JSON.stringify({ keys: kids.map((kid) => ({ kid, kty: 'RSA', n, e })) }));
  const has = async ({ keys }: KeySet, kid: string) =>
    keys({ alg: 'RS256', kid }).then(
      () => true,
      () => false,
    );

  it('O05 F24 an unknown key id causes one new fetch, and no more than one in thirty seconds', async () => {
    let now = 0;
    let fetches = 0;
    const cache = new JwksCache(undefined, () => now);
    const get = (kid: string) => cache.get(kid, async () => keySet('known', String((fetches += 1))));
    await get('known');
    await get('known');
    expect(fetches).toBe(1);
    for (let i = 0; i < 10; i += 1) await get('nobody');
    expect(fetches).toBe(2);
    now += 29_999;
    await get('nobody');
    expect(fetches).toBe(2);
    now += 1;
    await get('nobody');
    expect(fetches).toBe(3);
  });

  it('O24 F24 an honest change of keys does not make the next one wait', async () => {
    let newest = 1;
    const cache = new JwksCache(undefined, () => 0);
    const get = (kid: string) => cache.get(kid, async () => keySet(`key-${newest}`));
    await get('key-1');
    for (newest = 2; newest < 6; newest += 1) expect(await has(await get(`key-${newest}`), `key-${newest}`)).toBe(true);
  });

  it('O24 whoever comes while they are read waits for them, and nobody reads them twice', async () => {
    let fetches = 0;
    const cache = new JwksCache(undefined, () => 0);
    await cache.get('old', async () => keySet('old'));
    const load = async () => {
      fetches += 1;
      return new Promise<ProviderAnswer>((resolve) => setImmediate(() => resolve(keySet('new'))));
    };
    const found = await Promise.all(Array.from({ length: 20 }, async () => has(await cache.get('new', load), 'new')));
    expect(found).toEqual(Array.from({ length: 20 }, () => true));
    expect(fetches).toBe(1);
  });

  it('P08 tells of every change, by thumbprints and never by what the provider calls its keys', async () => {
    const notices: unknown[] = [];
    const cache = new JwksCache((notice) => notices.push(notice));
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    await cache.refresh(async () => keySet('a'));
    await cache.refresh(async () => keySet('a'));
    expect(notices).toEqual([]);
    await cache.refresh(async () => answer(JSON.stringify({ keys: [{ ...other, kid: 'a' }] })));
    expect(notices).toEqual([
      { kind: 'keys-changed', added: [expect.stringMatching(/^[\w-]{16}$/)], removed: [expect.any(String)] },
    ]);
  });

  it('O23 in an outage nobody waits for what failed a moment ago', async () => {
    let now = 0;
    let tries = 0;
    const cache = new JwksCache(undefined, () => now);
    await cache.get('a', async () => keySet('a'));
    now += 301_000;
    const away = () => {
      tries += 1;
      return Promise.reject(new Error('away'));
    };
    for (let i = 0; i < 5; i += 1) expect(await has(await cache.get('a', away), 'a')).toBe(true);
    expect(tries).toBe(1);
    now += 10_000;
    await cache.get('a', away);
    expect(tries).toBe(2);
  });

  it('O25 are read again after five minutes', async () => {
    let now = 0;
    const cache = new JwksCache(undefined, () => now);
    await cache.get('old', async () => keySet('old'));
    now += 300_000;
    expect(await has(await cache.get('old', async () => keySet('new')), 'new')).toBe(true);
  });

  it.each([
    { what: 'a failure', load: () => Promise.reject(new Error('away')) },
    { what: 'a server error', load: async () => answer('', 500) },
    { what: 'HTML', load: async () => answer('<html>') },
    { what: 'an empty set', load: async () => keySet() },
  ])('O23 stay in use for an hour over $what, and fail closed when there never were any', async ({ load }) => {
    let now = 0;
    const warm = new JwksCache(undefined, () => now);
    await warm.get('a', async () => keySet('a'));
    now += 301_000;
    expect(await has(await warm.get('a', load), 'a')).toBe(true);
    now += 3_600_000;
    await expect(warm.get('a', load)).rejects.toThrow();
  });
});
