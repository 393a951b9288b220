import { describe, expect, it } from '@jest/globals';
import { headersPassedOn } from './request-headers.js';

const ours = { publicUrl: new URL('https://jira.example/_sso'), ownCookiePrefixes: ['gatehouse_'] };
const setByUs = {
  host: 'jira.example',
  'x-forwarded-for': '10.1.2.3',
  'x-forwarded-host': 'jira.example',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

function forJira(headers: Record<string, string>, remoteAddress = '10.1.2.3') {
  return headersPassedOn({ headers, remoteAddress }, ours);
}

describe('headersPassedOn', () => {
  it('passes what belongs to the request', () => {
    const own = {
      authorization: 'Bearer pat',
      accept: 'text/html',
      cookie: 'JSESSIONID=1',
      'x-atlassian-token': 'no-check',
      'content-length': '5',
      'transfer-encoding': 'chunked',
      'if-match': '"1"',
      'x-requested-with': 'XMLHttpRequest',
    };
    expect(forJira(own)).toEqual({ ...own, ...setByUs });
  });

  it('says itself where a request comes from, whatever the client claims', () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '1',
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': '/evil',
      'x-forwarded-ssl': 'off',
      x_forwarded_for: '127.0.0.1',
      forwarded: 'for=127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-original-url': '/secure/admin',
      'x-rewrite-url': '/secure/admin',
      'true-client-ip': '127.0.0.1',
    };
    expect(forJira(forged)).toEqual(setByUs);
  });

  it('lets nobody claim to be somebody', () => {
    const names = [
      'x-forwarded-user',
      'x-forwarded-email',
      'x-forwarded-groups',
      'remote-user',
      'remote_user',
      'x-remote-user',
      'x-remote-groups',
      'auth-user',
      'x-authenticated-user',
      'x-authenticated-userid',
      'x-auth-request-email',
      'x-webauth-user',
      'x-user',
      'x-sso-user',
      'oidc_claim_sub',
      'x-amzn-oidc-data',
      'x-goog-authenticated-user-email',
      'x-ms-client-principal-name',
      'cf-access-authenticated-user-email',
      'sm_user',
      'iv-user',
      'x-ssl-client-cert',
      'x-client-cert',
    ];
    expect(forJira(Object.fromEntries(names.map((name) => [name, 'admin'])))).toEqual(setByUs);
  });

  it('drops what is meant for the next hop only, by name or named by Connection', () => {
    const hops = {
      connection: 'keep-alive, X-Secret-Hop',
      'keep-alive': 'timeout=5',
      'proxy-authorization': 'Basic x',
      'proxy-connection': 'keep-alive',
      te: 'trailers',
      trailer: 'expires',
      upgrade: 'h2c',
      expect: '100-continue',
      'x-secret-hop': '1',
    };
    expect(forJira(hops)).toEqual(setByUs);
  });

  it('keeps the length of a body although Connection names it: without it the body would be the next request', () => {
    const headers = { connection: 'content-length, transfer-encoding, host', 'content-length': '5' };
    expect(forJira(headers)).toEqual({ 'content-length': '5', ...setByUs });
  });

  it('drops the Cookie header when only ours were in it', () => {
    expect(forJira({ cookie: 'gatehouse_session=s' })).toEqual(setByUs);
  });

  it('names an IPv4 peer as such', () => {
    expect(forJira({}, '::ffff:10.1.2.3')['x-forwarded-for']).toBe('10.1.2.3');
    expect(forJira({}, '2001:db8::1')['x-forwarded-for']).toBe('2001:db8::1');
  });

  it('names the port of an address that has one', () => {
    const here = { ...ours, publicUrl: new URL('http://localhost:3000/_sso') };
    const headers = headersPassedOn({ headers: {}, remoteAddress: '::1' }, here);
    expect(headers).toMatchObject({
      host: 'localhost:3000',
      'x-forwarded-host': 'localhost:3000',
      'x-forwarded-port': '3000',
      'x-forwarded-proto': 'http',
    });
  });
});
