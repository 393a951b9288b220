import { describe, expect, it } from '@jest/globals';
import { Provider } from '@gatehouse/contracts';
import { addressProblems } from './address-problems.js';

const provider = (more: object = {}) =>
  Provider.parse({ name: 'Company', issuer: 'https://idp.example', clientId: 'jira', ...more });
const paths = (more: object, production = false) =>
  addressProblems(provider(more), production).map(({ path }) => path.join('.'));
const endpoints = (base: string) => ({
  endpoints: {
    authorization: `${base}/a`,
    token: `${base}/t`,
    userinfo: `${base}/u`,
    endSession: `${base}/e`,
  },
  jwksUrl: `${base}/k`,
  logoutUrl: `${base}/l`,
});
const written = ['endpoints.authorization', 'endpoints.token', 'endpoints.userinfo', 'endpoints.endSession'];

describe('the addresses of a provider that is saved', () => {
  it('O29 are https, except on this machine itself and outside production', () => {
    expect(paths({ issuer: 'http://idp.example' })).toEqual(['issuer']);
    expect(paths(endpoints('http://idp.example')).sort()).toEqual([...written, 'jwksUrl', 'logoutUrl'].sort());
    for (const own of ['http://localhost:9100', 'http://idp.localhost', 'http://127.0.0.1:1', 'http://[::1]:1']) {
      expect([own, paths({ issuer: own, ...endpoints(own) })]).toEqual([own, []]);
      expect([own, paths({ issuer: own }, true)]).toEqual([own, ['issuer']]);
    }
    for (const like of ['http://localhost.evil.example', 'http://127.0.0.1.example', 'http://10.0.0.1'])
      expect([like, paths({ issuer: like })]).toEqual([like, ['issuer']]);
  });

  it('O77 are public ones or listed, where this server calls them; a browser may go elsewhere', () => {
    expect(paths(endpoints('https://10.0.0.1')).sort()).toEqual(['endpoints.token', 'endpoints.userinfo', 'jwksUrl']);
    expect(paths({ ...endpoints('https://10.0.0.1'), allowedHosts: ['10.0.0.1'] })).toEqual([]);
    expect(paths({ issuer: 'https://169.254.169.254', allowedHosts: ['169.254.169.254'] })).toEqual(['issuer']);
  });

  it('O77 of a directory that is read are judged by themselves, whatever the issuer is', () => {
    const pullSync = (endpoint: string) => ({
      pullSync: { userPoolId: 'eu-west-1_Abc', region: 'eu-west-1', endpoint },
    });
    const own = { issuer: 'http://localhost:9100' };
    expect(paths(pullSync('https://vpce-1.cognito-idp.eu-west-1.vpce.amazonaws.com'))).toEqual([]);
    expect(paths({ ...own, ...pullSync('https://127.0.0.1') }, true)).toEqual(['issuer', 'pullSync.endpoint']);
    expect(paths({ ...own, ...pullSync('https://10.0.0.1') })).toEqual(['pullSync.endpoint']);
    expect(paths({ ...pullSync('https://10.0.0.1'), allowedHosts: ['10.0.0.1'] })).toEqual([]);
    expect(paths({ ...pullSync('https://169.254.169.254'), allowedHosts: ['169.254.169.254'] })).toEqual([
      'pullSync.endpoint',
    ]);
    expect(paths(pullSync('http://cognito.example'))).toEqual(['pullSync.endpoint']);
  });

  it('O29 are refused in words that say what would be right', () => {
    expect(addressProblems(provider({ issuer: 'http://idp.example' }), false)).toEqual([
      {
        path: ['issuer'],
        message: expect.stringContaining('must be https; http is only for a provider on this machine'),
      },
    ]);
    expect(addressProblems(provider({ issuer: 'https://10.0.0.1' }), false)[0]!.message).toContain('allowedHosts');
  });
});
