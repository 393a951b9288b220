import { describe, expect, it } from '@jest/globals';
import { cookieName, parseCookies, serializeCookie } from './cookie.js';

describe('cookies', () => {
  it.each([
    { secure: true, path: '/', name: '__Host-x' },
    { secure: true, path: '/_sso', name: '__Secure-x' },
    { secure: false, path: '/', name: 'x' },
    { secure: false, path: '/_sso', name: 'x' },
  ])('O44 are called $name with secure: $secure and path $path', ({ name, ...scope }) => {
    expect(cookieName('x', scope)).toBe(name);
  });

  it('O44 carry every attribute a browser should enforce', () => {
    expect(serializeCookie('x', 'v', { secure: true, path: '/' }, 600)).toBe(
      '__Host-x=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600',
    );
    expect(serializeCookie('x', 'v', { secure: false, path: '/' })).toBe('x=v; Path=/; HttpOnly; SameSite=Lax');
    expect(serializeCookie('x', 'v', { secure: true, path: '/a', sameSite: 'Strict' })).toBe(
      '__Secure-x=v; Path=/a; HttpOnly; SameSite=Strict; Secure',
    );
  });

  it('O44 are SameSite=None only together with Secure', () => {
    const scope = { path: '/', sameSite: 'None' } as const;
    expect(serializeCookie('x', 'v', { ...scope, secure: true })).toBe(
      '__Host-x=v; Path=/; HttpOnly; SameSite=None; Secure',
    );
    expect(serializeCookie('x', 'v', { ...scope, secure: false })).toBe('x=v; Path=/; HttpOnly');
  });

  it('the first of a name wins, so that a tossed one cannot displace it', () => {
    const cookies = parseCookies('a=1; b = 2;a=3; =4; nothing;__proto__=5');
    expect([...cookies]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['__proto__', '5'],
    ]);
    expect(parseCookies(undefined).size).toBe(0);
  });
});
