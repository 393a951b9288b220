import { describe, expect, it } from '@jest/globals';
import { claimsProblem } from './claims-problem.js';
import { mergeClaims } from './merge-claims.js';

const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe('claims of ID token and userinfo', () => {
  it('P12 O54 lists of plain values are united, in the order of the ID token first', () => {
    const { claims, sources } = mergeClaims({ groups: ['b', 'a'], n: 1 }, { groups: ['a', 'c'], email: 'x' });
    expect(claims).toEqual({ groups: ['b', 'a', 'c'], n: 1, email: 'x' });
    expect(sources).toEqual({ groups: 'both', email: 'userinfo' });
  });

  it('P12 groups that only one of the two knows are kept, and where they come from', () => {
    expect(mergeClaims({ sub: 'a' }, { sub: 'a', groups: ['dev'] })).toEqual({
      claims: { sub: 'a', groups: ['dev'] },
      sources: { groups: 'userinfo' },
    });
    expect(mergeClaims({ sub: 'a', groups: ['dev'] }, undefined).sources).toEqual({});
    expect(mergeClaims({ sub: 'a', groups: ['dev'] }, { sub: 'a' }).sources).toEqual({});
  });

  it('O54 objects are merged at every level', () => {
    const idToken = { realm_access: { roles: ['a'], level: 1 }, address: { country: 'DE' } };
    const userinfo = { realm_access: { roles: ['b'], level: 2, more: true }, address: 'somewhere' };
    expect(mergeClaims(idToken, userinfo)).toEqual({
      claims: { realm_access: { roles: ['a', 'b'], level: 1, more: true }, address: { country: 'DE' } },
      sources: { realm_access: 'both' },
    });
  });

  it('O54 where they contradict each other the signed one speaks, and alone', () => {
    const { claims, sources } = mergeClaims({ email: 'a@x', name: 'Ada' }, { email: 'eve@x', name: 'Ada' });
    expect(claims).toEqual({ email: 'a@x', name: 'Ada' });
    expect(sources).toEqual({ name: 'both' });
  });

  it.each([
    {
      what: 'another address in userinfo is verified, the one in the ID token is not',
      idToken: { email: 'boss@x' },
      userinfo: { email: 'eve@x', email_verified: true },
      claims: { email: 'boss@x' },
    },
    {
      what: 'the ID token verifies an address it does not name, userinfo says of its own that it is not verified',
      idToken: { email_verified: true },
      userinfo: { email: 'boss@x', email_verified: false },
      claims: { email: 'boss@x', email_verified: false },
    },
    {
      what: 'both name the same address',
      idToken: { email: 'ada@x' },
      userinfo: { email: 'ada@x', email_verified: true },
      claims: { email: 'ada@x', email_verified: true },
    },
    {
      what: 'the address is in one and the word about it in the other',
      idToken: { email: 'ada@x' },
      userinfo: { email_verified: true },
      claims: { email: 'ada@x', email_verified: true },
    },
  ])('O54 O55 O60 email_verified stays with its own address: $what', ({ idToken, userinfo, claims }) => {
    expect(mergeClaims(idToken, userinfo).claims).toEqual(claims);
  });

  it('O54 userinfo says nothing of the sign-in itself', () => {
    const { claims } = mergeClaims({ sub: 'a', amr: ['pwd'] }, { sub: 'a', amr: ['mfa'], acr: 'high', azp: 'x' });
    expect(claims).toEqual({ sub: 'a', amr: ['pwd'] });
  });

  it('what is null is not said', () => {
    expect(mergeClaims({ groups: null, a: null }, { groups: ['x'], b: null })).toEqual({
      claims: { groups: ['x'], a: null, b: null },
      sources: { groups: 'userinfo' },
    });
  });

  it('of OAuth 2.0 every claim is from userinfo', () => {
    expect(mergeClaims({}, { id: 1, sub: 'a' }).sources).toEqual({ id: 'userinfo', sub: 'userinfo' });
  });

  it('O22 members called like parts of JavaScript change nothing at any level', () => {
    const hostile = '{"a":{"__proto__":{"polluted":true},"b":{"__proto__":{"polluted":true}},"constructor":{"x":1}}}';
    const { claims } = mergeClaims(parsed(hostile), parsed(hostile));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    const a = claims['a'] as Record<string, unknown>;
    expect(Object.keys(a)).toEqual(['b', 'constructor']);
    expect(Object.keys(a['b'] as object)).toEqual([]);
    expect(a['polluted']).toBeUndefined();
  });

  it('O67 a hundred thousand levels are looked at without descending into them', () => {
    const deep = parsed(
      `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)},"b":${'{"b":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    );
    expect(claimsProblem(mergeClaims(deep, deep).claims)).toBe('nested too deeply');
  });
});
