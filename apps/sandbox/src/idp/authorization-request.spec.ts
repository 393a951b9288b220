import { describe, expect, it } from '@jest/globals';
import { checkAuthorization } from './authorization-request.js';
import { challenge, client, partner, redirectUri } from './idp.fixture.js';

const good: Record<string, unknown> = {
  response_type: 'code',
  client_id: client.clientId,
  redirect_uri: redirectUri,
  scope: 'openid email profile',
  state: 'opaque',
  nonce: 'n',
  code_challenge: challenge,
  code_challenge_method: 'S256',
};
const check = (changes: Record<string, unknown>) =>
  checkAuthorization(
    Object.fromEntries(Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined)),
    [client, partner],
  );

describe('an authorization request', () => {
  it('passes with everything, and with no more than Cognito needs', () => {
    expect(check({})).toMatchObject({
      kind: 'request',
      request: { scopes: ['openid', 'email', 'profile'], codeChallenge: challenge },
    });
    const least = {
      scope: undefined,
      state: undefined,
      nonce: undefined,
      code_challenge: undefined,
      code_challenge_method: undefined,
    };
    expect(check(least)).toMatchObject({ kind: 'request', request: { client, state: undefined } });
  });

  it('without a scope means every scope of the client', () => {
    const changes = { client_id: partner.clientId, redirect_uri: partner.redirectUris[0], scope: undefined };
    expect(check(changes)).toMatchObject({ kind: 'request', request: { scopes: ['openid', 'email'] } });
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: undefined }],
    ['no redirect_uri', { redirect_uri: undefined }],
    ['an unregistered redirect_uri', { redirect_uri: 'http://localhost:3000/elsewhere' }],
    ['a redirect_uri that differs by a slash', { redirect_uri: `${redirectUri}/` }],
    ['a redirect_uri with a query added', { redirect_uri: `${redirectUri}?x=1` }],
    ['the redirect_uri of another client', { redirect_uri: partner.redirectUris[0] }],
    ['a repeated parameter', { redirect_uri: [redirectUri, 'http://evil.example/'] }],
    ['a state that is a JSON object', { state: '{"return":"/browse"}' }],
    ['a state that is a JSON object encoded twice', { state: '%7B%22return%22%3A1%7D' }],
  ])('tells the person about %s and redirects nowhere', (_, changes) => {
    expect(check(changes).kind).toBe('page');
  });

  it.each([
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['an unknown response_type', { response_type: 'id_token' }, 'invalid_request'],
    ['a hybrid response_type', { response_type: 'code id_token' }, 'invalid_request'],
    ['the implicit grant', { response_type: 'token' }, 'unauthorized_client'],
    ['PKCE "plain"', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without a method', { code_challenge_method: undefined }, 'invalid_request'],
    ['a method without a challenge', { code_challenge: undefined }, 'invalid_request'],
    ['a challenge that is no SHA-256', { code_challenge: 'short' }, 'invalid_request'],
    ['an unknown scope', { scope: 'openid groups' }, 'invalid_scope'],
    [
      'a scope that is not enabled',
      { client_id: partner.clientId, redirect_uri: partner.redirectUris[0] },
      'invalid_scope',
    ],
    ['profile without openid', { scope: 'profile' }, 'invalid_scope'],
  ])('answers %s at the redirect_uri', (_, changes, error) => {
    const result = check(changes);
    const parameters = result.kind === 'redirect' ? new URL(result.location).searchParams : undefined;
    expect(Object.fromEntries(parameters ?? [])).toEqual({ error, state: 'opaque' });
  });

  it.each(['0123456789', '"quoted"', '{not json', 'a.b-c_d~e'])('takes %s for an opaque state', (state) => {
    expect(check({ state })).toMatchObject({ kind: 'request', request: { state } });
  });
});
