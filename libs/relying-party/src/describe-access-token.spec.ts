import { describe, expect, it } from '@jest/globals';
import { describeAccessToken } from './describe-access-token.js';

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, header: unknown = { alg: 'RS256' }) => `${part(header)}.${part(claims)}.c2lnbmF0dXJl`;

function nested(depth: number): unknown {
  return depth === 0 ? 'x' : { in: nested(depth - 1) };
}

describe('U06 an access token', () => {
  it('is shown with its claims, nested ones whole, when it is a JWT', () => {
    const claims = { sub: '1', scope: 'openid', realm_access: { roles: ['dev', 'ops'] } };
    expect(describeAccessToken(jwt(claims))).toEqual({ kind: 'jwt', claims });
  });

  it.each([
    ['a random text', 'MTQ0NjJkZmQ5OTM2NDE1ZTZjNGZmZjI3'],
    ['three parts that are no JSON', 'a.b.c'],
    ['a header without alg', jwt({ sub: '1' }, { typ: 'JWT' })],
    ['a payload that is no object', jwt('[1]')],
    ['characters that base64url does not have', jwt({ sub: '1' }).replace('.', '=.')],
    ['four parts', `${jwt({ sub: '1' })}.more`],
    ['nothing', ''],
  ])('is opaque: %s', (_, token) => {
    expect(describeAccessToken(token)).toEqual({ kind: 'opaque' });
  });

  it('is not guessed at when it is encrypted', () => {
    expect(describeAccessToken(`${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`)).toEqual({ kind: 'encrypted' });
  });

  it.each([
    ['too long', jwt({ filler: 'x'.repeat(65_536) }), 'longer than 65536 characters'],
    ['too deep', jwt(nested(40)), 'nested too deeply'],
    ['of characters nobody can store', jwt({ name: 'a\0b' }), 'not storable'],
  ])('is not shown when it is %s', (_, token, reason) => {
    expect(describeAccessToken(token)).toEqual({ kind: 'unreadable', reason });
  });

  it('O78 does not show the tokens that are inside it, wherever they are', () => {
    const inner = jwt({ sub: 'somebody' });
    const seen = describeAccessToken(
      jwt({ act: { assertions: [inner, 'a.plain.text'] }, version: '1.2.3', assertion: inner }),
    );
    expect(seen).toMatchObject({
      claims: { act: { assertions: ['[a token, not shown]', 'a.plain.text'] }, version: '1.2.3' },
    });
    expect(JSON.stringify(seen)).not.toContain(inner);
  });

  it('O22 keeps a claim called __proto__ a claim', () => {
    const seen = describeAccessToken(jwt('{"__proto__":{"admin":true},"sub":"1"}'));
    expect(Object.hasOwn((seen as { claims: object }).claims, '__proto__')).toBe(true);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
