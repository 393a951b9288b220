import { describe, expect, it } from '@jest/globals';
import { logoutEvent, readLogoutToken } from './check-logout-token.js';
import type { LogoutTokenRules } from './check-logout-token.js';
import { verifyLogoutToken } from './verify-logout-token.js';

const now = 1_800_000_000;
const strict: LogoutTokenRules = {
  issuer: 'https://idp.example',
  clientId: 'gateway',
  dialect: 'strict',
  toleranceSeconds: 60,
  nowSeconds: now,
};
const draft: LogoutTokenRules = { ...strict, dialect: 'draft' };
const header = { alg: 'RS256', typ: 'logout+jwt' };
const claims = {
  iss: strict.issuer,
  aud: 'gateway',
  iat: now - 5,
  exp: now + 115,
  jti: 'one',
  sub: 'ada',
  sid: 'session-1',
  events: { [logoutEvent]: {} },
};
const without = (name: keyof typeof claims) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

describe('a logout token', () => {
  it('O48 of the final specification says whose session is over', () => {
    expect(readLogoutToken({ header, claims }, strict)).toEqual({
      issuer: strict.issuer,
      subject: 'ada',
      providerSession: 'session-1',
      tokenId: 'one',
    });
    for (const fine of [{ ...claims, aud: ['gateway'] }, without('sid'), without('sub')])
      expect(typeof readLogoutToken({ header, claims: fine }, strict)).toBe('object');
    for (const typ of ['LOGOUT+JWT', 'application/logout+jwt'])
      expect(typeof readLogoutToken({ header: { ...header, typ }, claims }, strict)).toBe('object');
  });

  it.each<[string, object]>([
    ['another issuer', { ...claims, iss: 'https://idp.example/' }],
    ['no issuer', without('iss')],
    ['another audience', { ...claims, aud: 'somebody' }],
    ['no audience', without('aud')],
    ['no iat', without('iat')],
    ['an iat that is no number', { ...claims, iat: String(now) }],
    ['an iat long ago', { ...claims, iat: now - 361, exp: now + 60 }],
    ['an iat to come', { ...claims, iat: now + 61 }],
    ['no exp', without('exp')],
    ['an exp that is over', { ...claims, exp: now - 60 }],
    ['no events', without('events')],
    ['events of another kind', { ...claims, events: { 'http://schemas.openid.net/event/other': {} } }],
    ['an event that is no object', { ...claims, events: { [logoutEvent]: true } }],
    ['events as a list', { ...claims, events: [logoutEvent] }],
    ['a nonce', { ...claims, nonce: 'n' }],
    ['a nonce that is null', { ...claims, nonce: null }],
    ['no jti', without('jti')],
    ['an empty jti', { ...claims, jti: '' }],
    ['neither sub nor sid', { ...without('sub'), sid: undefined }],
    ['a sub that is no text', { ...claims, sub: 7 }],
    ['a sid that is too long', { ...claims, sid: 'x'.repeat(256) }],
  ])('O48 is refused with %s, in both dialects as far as they agree', (what, wrong) => {
    const parts = { header, claims: wrong as Record<string, unknown> };
    expect(typeof readLogoutToken(parts, strict)).toBe('string');
    if (what !== 'no exp') expect(typeof readLogoutToken(parts, draft)).toBe('string');
  });

  it.each([undefined, 'JWT', 'at+jwt', 'secevent+jwt', 7])('O48 of typ %s is not a logout token', (typ) => {
    expect(readLogoutToken({ header: { ...header, typ }, claims }, strict)).toBe('typ is not logout+jwt');
  });

  it('O48 in the draft dialect is accepted as JWT and without exp, for two minutes', () => {
    const old = { header: { alg: 'RS256', typ: 'JWT' }, claims: without('exp') };
    expect(typeof readLogoutToken(old, draft)).toBe('object');
    expect(readLogoutToken(old, strict)).toBe('typ is not logout+jwt');
    expect(readLogoutToken({ header, claims: without('exp') }, strict)).toBe('exp is missing');
    expect(readLogoutToken({ ...old, claims: { ...old.claims, iat: now - 121 } }, draft)).toBe('iat is too old');
    expect(readLogoutToken({ header: { typ: 'at+jwt' }, claims }, draft)).toBe('typ is not logout+jwt');
  });

  it('O48 that would be refused anyway costs no signature, and one that is too long is not even read', async () => {
    const asked: string[] = [];
    const verify = (token: string) => Promise.resolve(void asked.push(token));
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const token = (body: object) => `${encoded(header)}.${encoded(body)}.c2ln`;

    for (const refused of ['', 'a.b', 'a.b.c', `${token(claims)}.x`, token(without('events')), 'x'.repeat(16_385)])
      expect(typeof (await verifyLogoutToken(refused, strict, verify))).toBe('string');
    expect(asked).toEqual([]);
    expect(typeof (await verifyLogoutToken(token(claims), strict, verify))).toBe('object');
    expect(asked).toEqual([token(claims)]);
  });
});
